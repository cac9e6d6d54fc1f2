import ArgumentParser
import InfoserviceAPI
import VC3Model

struct PilotShow: ClientCommand {
    static let effect = CommandEffect.read
    static let configuration = usage(
        "pilot-show", "Show one pilot's life: when it took each step, where, how it ended, and its last lines.",
        example: """
            vc3-client pilot-list --requestname ana-run1
            vc3-client pilot-show 7f3kq0v2m9x1c8d4b6na
            """)

    @Argument(help: "The pilot's name, as pilot-list shows it.")
    var name: String
    @Option(help: "How to show it: table (for people) or json (the stored record).")
    var output = PilotList.Form.table

    var target: EntityKey? { EntityKey(.pilot, name) }

    func perform(in session: ClientSession) async throws {
        let record = try await session.infoservice.record(.pilot, name)
        switch output {
        case .json: session.console.write(try JSONForm.text(record))
        case .table:
            session.console.write(PilotStory(pilot: try Entity(record), now: session.now).lines.joined(separator: "\n"))
        }
    }
}
