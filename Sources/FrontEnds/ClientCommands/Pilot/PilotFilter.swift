import ArgumentParser
import InfoserviceAPI
import VC3Model

/// Which pilots are to be shown.
struct PilotFilter: Sendable {
    enum State: ExpressibleByArgument, Sendable, Equatable {
        case phase(PilotPhase)
        /// Whatever has not ended.
        case alive

        init?(argument: String) {
            if argument == "alive" {
                self = .alive
            } else if let phase = PilotPhase(rawValue: argument) {
                self = .phase(phase)
            } else {
                return nil
            }
        }
    }

    var request: String?
    var allocation: String?
    var state: State?

    /// What the Infoservice chooses by, so that no more comes than is shown.
    var atTheStore: EntityFilter {
        var filter = EntityFilter(
            fields: ["request": request, "allocation": allocation].compactMapValues { $0 })
        if case .phase(let phase) = state { filter.state = phase.rawValue }
        return filter
    }

    /// Whether a pilot that the Infoservice chose is to be shown.
    func takes(_ pilot: Entity<Pilot>) -> Bool {
        state != .alive || pilot.status.state != PilotPhase.ended.rawValue
    }
}
