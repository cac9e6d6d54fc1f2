/// A request's worker sets as sections of the original's `queues.conf` and `auth.conf`, for people and old scripts.
///
/// Nothing reads them back: the factory works from worker sets. Secrets are left out.
public enum QueueSections {
    public static func name(of set: PilotSet.Spec) -> String { "\(set.request).\(set.nodeset).\(set.allocation)" }

    public static func queues(_ sets: [Entity<PilotSet>]) -> String {
        sets.map { section(name(of: $0.spec), queue($0.spec)) }.joined(separator: "\n")
    }

    public static func auth(_ allocations: [Entity<Allocation>]) -> String {
        allocations.map { allocation in
            section(
                allocation.name,
                [
                    ("plugin", "SSH"), ("ssh.type", allocation.spec.sectype ?? "None"),
                    ("ssh.publickey", allocation.status.pubtoken ?? "None"),
                ])
        }.joined(separator: "\n")
    }

    private static func queue(_ set: PilotSet.Spec) -> [(String, String)] {
        let prefix = "batchsubmit.condorsshremotemanager."
        let site = set.site
        return [
            ("batchsubmitplugin", "CondorSSHRemoteManager"), (prefix + "user", site.account),
            (prefix + "batch", site.flavor), (prefix + "method", site.method), (prefix + "host", site.host ?? "None"),
            (prefix + "port", String(site.port)), (prefix + "authprofile", set.allocation),
            (prefix + "condor_attributes.request_cpus", String(set.cores)),
            (prefix + "condor_attributes.request_disk", String(set.storage_mb * 1024)),
            (prefix + "condor_attributes.request_memory", String(set.memory_mb)),
            (prefix + "overlay.peaceful", set.peaceful ? "yes" : "no"),
            (prefix + "overlay.killorder", set.killorder), ("schedplugin", "KeepNRunning"),
            ("sched.keepnrunning.keep_running", String(set.wanted)),
        ]
    }

    private static func section(_ name: String, _ pairs: [(String, String)]) -> String {
        (["[\(name)]"] + pairs.map { "\($0.0) = \($0.1)" }).joined(separator: "\n") + "\n"
    }
}
