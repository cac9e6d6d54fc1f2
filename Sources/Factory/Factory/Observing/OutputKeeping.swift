import InfoserviceAPI
import Logging
import VC3Model

/// Hands on what ended pilots had to say, with the user to whom each belongs. Logs are no reason to hold a pilot up: what
/// cannot be kept is told and let go.
struct OutputKeeping: Sendable {
    let mirror: EntityMirror
    let keep: @Sendable ([PilotOutput]) async throws -> Void
    let logger: Logger

    func hand(on ended: [EndedOutput]) async {
        var outputs: [PilotOutput] = []
        for var entry in ended {
            // Nobody's are not kept: nobody could read them. Queues of files keep their logs where their sections say.
            guard let set = await mirror.record(.pilotset, entry.pilotSet) else { continue }
            entry.output.owner = set.metadata.owner
            outputs.append(entry.output)
        }
        if outputs.isEmpty { return }
        do { try await keep(outputs) } catch {
            logger.warning("logs of ended pilots were not kept", metadata: ["reason": "\(error)"])
        }
    }
}
