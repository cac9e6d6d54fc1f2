/// What makes a node unfit for a pilot. The raw values are words of reports, for programs.
public enum NodeFault: String, Sendable, Hashable, CaseIterable {
    case diskShort = "disk-short"
    case memoryShort = "memory-short"
    case coresShort = "cores-short"
    case clockWrong = "clock-wrong"
    /// Nothing of the pool can be reached from here.
    case headNodeUnreachable = "head-node-unreachable"
    case containerBroken = "container-broken"
    /// The check of the resource's owner says no.
    case siteCheckFailed = "site-check-failed"
}

/// A fault, and what exactly was found.
public struct NodeMisfit: Sendable, Hashable {
    public let fault: NodeFault
    public let message: String

    public init(_ fault: NodeFault, _ message: String) {
        self.fault = fault
        self.message = message
    }
}
