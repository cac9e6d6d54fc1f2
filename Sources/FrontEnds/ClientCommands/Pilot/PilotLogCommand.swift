import ArgumentParser
import InfoserviceAPI
import VC3Model

/// Asks by an entity of its own, which the Factory answers: nothing but the store knows both.
struct PilotLogCommand: ClientCommand {
    static let effect = CommandEffect.read
    static let configuration = usage(
        "pilot-log", "Print the end of a pilot's output, fetched from its site now.",
        example: "vc3-client pilot-log 7f3kq0v2m9x1c8d4b6na --lines 50")

    @Argument(help: "The pilot's name, as pilot-list shows it.")
    var name: String
    @Option(help: "How many lines of each of its files at most, 1 to \(PilotLog.mostLines).")
    var lines = 200
    @Option(help: "How long to wait for the site at most, e.g. 30s, 2m.")
    var timeout = TimeSpan(.seconds(60))

    var target: EntityKey? { EntityKey(.pilot, name) }

    func perform(in session: ClientSession) async throws {
        _ = try await session.infoservice.record(.pilot, name)
        let question = "\(name).\(PilotID.random().rawValue.prefix(8))"
        _ = try await session.infoservice.create(
            EntityDraft(
                kind: .pilotlog, name: question,
                spec: try JSONValue(encoding: PilotLog.Spec(pilot: name, lines: lines))))
        do {
            try await follow(question, in: session)
        } catch {
            try? await session.infoservice.delete(.pilotlog, question)
            throw error
        }
        let answer = try await session.infoservice.entity(PilotLog.self, question)
        // If this fails, the Factory takes it away by itself after a while.
        try? await session.infoservice.delete(.pilotlog, question)
        guard answer.status.state == "answered" else {
            throw ClientFailure(
                message:
                    "the output of pilot \(name) could not be fetched: \(answer.status.state_reason ?? "no reason")",
                advice: "see what is known of it with vc3-client pilot-show \(name)")
        }
        let text = answer.status.text ?? ""
        if text.isEmpty {
            session.console.note("note: pilot \(name) has no output")
        } else {
            session.console.write(text)
        }
    }

    private func follow(_ question: String, in session: ClientSession) async throws {
        try await Following(kinds: [.pilotlog], session: session, timeout: timeout.duration)
            .until("the output of pilot \(name)") { entities in
                guard let entity = try entities.entity(PilotLog.self, question) else {
                    return .pending("asking for it")
                }
                return entity.status.state == "new" ? .pending("asking its site") : .met
            }
    }
}
