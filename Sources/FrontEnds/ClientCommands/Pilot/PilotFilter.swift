import ArgumentParser
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

    func takes(_ pilot: Entity<Pilot>) -> Bool {
        if let request, pilot.spec.request != request { return false }
        if let allocation, pilot.spec.allocation != allocation { return false }
        switch state {
        case nil: return true
        case .alive: return pilot.status.state != PilotPhase.ended.rawValue
        case .phase(let phase): return pilot.status.state == phase.rawValue
        }
    }
}
