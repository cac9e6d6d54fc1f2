import VC3Model

/// What pilots are made of and where they run: of those that are equal in it, one that was well speaks for the others.
struct PilotMake: Sendable, Hashable {
    private let site: PilotSite
    private let batch: BatchOptions
    private let size: [Int]
    private let environment: [String: String]
    private let checks: [String?]
    /// Another head node on the same host is no farther away.
    private let headHost: Substring?

    init(_ spec: PilotSet.Spec) {
        var site = spec.site
        // How one logs in says nothing about the nodes.
        site.privatetoken = nil
        site.keyfingerprint = nil
        site.hostkey = nil
        self.site = site
        batch = spec.batch
        size = [spec.cores, spec.memory_mb, spec.storage_mb]
        environment = spec.environment.filter { !$0.key.hasPrefix("VC3_") }
        checks = [spec.middleware, spec.checkscript, spec.containertool]
        headHost = spec.headnode.map { head in
            head.collector.lastIndex(of: ":").map { head.collector[..<$0] } ?? head.collector[...]
        }
    }
}
