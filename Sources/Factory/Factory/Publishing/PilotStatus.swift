import BatchSystems
import VC3Model

/// Turns a pilot's record into the status that people see.
enum PilotStatus {
    static func status(of record: PilotRecord, over old: Pilot.Status, factory: String) -> Pilot.Status {
        var status = old
        status.state = record.phase.rawValue
        status.state_reason = reason(record)
        status.timeline = Dictionary(
            record.timeline.map { ($0.phase.rawValue, $0.at) }, uniquingKeysWith: { first, _ in first })
        status.job = record.job?.rawValue
        status.host = record.host
        status.retiring = record.retiring?.rawValue
        status.end = record.end?.rawValue
        status.cause = record.exit?.word
        status.exit_code = record.exit?.code.map { Int($0) }
        status.signal = record.exit?.signal.map { Int($0) }
        status.last_lines = record.lastLines ?? []
        status.factory = factory
        return status
    }

    private static func reason(_ record: PilotRecord) -> String? {
        if record.hasEnded { return record.exit.map { PrintableText.cleaned($0.text) } }
        switch record.retiring {
        case .surplus: return "is ended: more than wanted"
        case .revoked: return "is cancelled: its token was taken back"
        case .terminated: return "is ended: its pilot set goes"
        case .missing: return "is cancelled: the site does not list it any more"
        case .withdrawn: return "is cancelled: pilots like it failed at this site"
        case .held: return "is cancelled: the site held it"
        case nil:
            guard record.isTokenLate == true, let ends = record.tokenEnds else { return nil }
            return "its token could not be renewed and ends at \(ends); what it has runs on"
        }
    }
}
