import VC3Model

/// What a pilot's own word for a bad end, or for what keeps it, means: one table for conditions, breakers and documentation.
struct PilotFault: Sendable, Equatable {
    /// As `vc3-glidein --help` and the pilot's script have it.
    let word: String
    /// The reason of a condition.
    let reason: String
    let mender: Condition.Mender
    /// Whether another node of the same site may be better.
    let isOfNode: Bool
    let advice: String

    static let all = [
        PilotFault(
            word: "disk-short", reason: "NodeDiskShort", mender: .operator, isOfNode: true,
            advice: "the site frees scratch space there, or the nodeinfo asks for less storage"),
        PilotFault(
            word: "no-scratch", reason: "NodeDiskShort", mender: .operator, isOfNode: true,
            advice: "the site provides scratch space there in which programs may run"),
        PilotFault(
            word: "memory-short", reason: "NodeMemoryShort", mender: .operator, isOfNode: true,
            advice: "the nodeinfo or batch options ask for what the site really gives"),
        PilotFault(
            word: "cores-short", reason: "NodeCoresShort", mender: .operator, isOfNode: true,
            advice: "the nodeinfo or batch options ask for what the site really gives"),
        PilotFault(
            word: "clock-wrong", reason: "NodeClockWrong", mender: .operator, isOfNode: true,
            advice: "the site sets the node's clock"),
        PilotFault(
            word: "head-node-unreachable", reason: "HeadNodeUnreachable", mender: .operator, isOfNode: false,
            advice: "the site's nodes need a way out to that address"),
        PilotFault(
            word: "not-joined", reason: "NotJoined", mender: .operator, isOfNode: false,
            advice: "the head node's logs tell its side"),
        PilotFault(
            word: "container-broken", reason: "ContainerToolBroken", mender: .operator, isOfNode: true,
            advice: "the site mends it, or the environment names another containertool"),
        PilotFault(
            word: "site-check-failed", reason: "SiteCheckFailed", mender: .operator, isOfNode: true,
            advice: "the resource's owner knows what its checkscript looks for"),
        PilotFault(
            word: "environment", reason: "NodeUnusable", mender: .operator, isOfNode: true,
            advice: "the pilot's last lines tell more: vc3-client pilot-show"),
        PilotFault(
            word: "node-avoided", reason: "OnlyShunnedNodes", mender: .operator, isOfNode: false,
            advice: "the site has no other nodes for it now"),
    ]

    /// Any other end that is no good one.
    static let other = PilotFault(
        word: "", reason: "PilotFailed", mender: .operator, isOfNode: true, advice: "vc3-client pilot-show tells more")

    static func of(_ word: String?) -> PilotFault { all.first { $0.word == word } ?? other }
}
