/// The original's `statusraw`: counts by factory, nodeset and queue.
public enum RawStatus {
    /// Pilot sets whose factory has not reported yet have no counts: no data never means zero.
    public static func map(of sets: [Entity<PilotSet>]) -> JSONValue {
        var factories: [String: JSONValue] = [:]
        for set in sets {
            guard let factory = set.status.factory else { continue }
            let addition: JSONValue = .object([
                set.spec.nodeset: .object([QueueSections.name(of: set.spec): queue(set)])
            ])
            factories[factory] = (factories[factory] ?? [:]).merging(patch: addition)
        }
        return .object(factories)
    }

    private static func queue(_ set: Entity<PilotSet>) -> JSONValue {
        let status = set.status
        return [
            "aggregated": ["running": .integer(status.running), "idle": .integer(status.pending)],
            "native": [
                "unexpanded": .integer(status.submitting), "idle": .integer(status.pending),
                "running": .integer(status.running), "removed": .integer(status.failed + status.vanished),
                "completed": .integer(status.done + status.expired), "held": 0, "submission_err": 0,
            ],
        ]
    }
}
