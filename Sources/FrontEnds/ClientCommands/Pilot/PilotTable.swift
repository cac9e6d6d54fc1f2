import VC3Model

/// Pilots in columns.
enum PilotTable {
    static func text(_ pilots: [Entity<Pilot>], at now: Timestamp, width: Int?) -> String {
        let header = ["PILOT", "STATE", "FOR", "REQUEST", "ALLOCATION", "HOST", "JOB", "REASON"]
        let rows = pilots.map { pilot in
            [
                pilot.name, state(pilot.status), age(pilot.status, at: now), pilot.spec.request, pilot.spec.allocation,
                pilot.status.host ?? "-", pilot.status.job ?? "-",
                (pilot.status.state_reason ?? "-").split(whereSeparator: \.isNewline).joined(separator: " "),
            ]
        }
        return TableForm.text(header: header, rows: rows, width: width)
    }

    /// Newest first; names decide between equals.
    static func isBefore(_ left: Entity<Pilot>, _ right: Entity<Pilot>) -> Bool {
        let moments = [left, right].map { $0.status.timeline[PilotPhase.intended.rawValue] ?? $0.metadata.created }
        return moments[0] != moments[1] ? moments[0] > moments[1] : left.name < right.name
    }

    /// The phase; of an ended pilot, how it ended.
    static func state(_ status: Pilot.Status) -> String {
        if status.state == PilotPhase.ended.rawValue { return status.end ?? status.state }
        return status.retiring == nil || status.state == PilotPhase.draining.rawValue ? status.state : "ending"
    }

    private static func age(_ status: Pilot.Status, at now: Timestamp) -> String {
        status.steps.last.map { TimeSpan.text(now - $0.at) } ?? "-"
    }
}
