import ArgumentParser
import InfoserviceAPI
import VC3Model

struct PilotList: ClientCommand {
    static let effect = CommandEffect.read
    static let configuration = usage(
        "pilot-list", "Show pilots, those of one virtual cluster, account or state, newest first.",
        example: """
            vc3-client pilot-list --requestname ana-run1
            vc3-client pilot-list --allocation ana.midway --state ended --output json
            """)

    @Option(name: .customLong("requestname"), help: "Pilots of this virtual cluster only.")
    var request: String?
    @Option(help: "Pilots on this allocation only.")
    var allocation: String?
    @Option(help: "In this state only: \(PilotPhase.allCases.map(\.rawValue).joined(separator: ", ")), or alive.")
    var state: PilotFilter.State?
    @Option(help: "How to show them: table (for people) or json (the stored records).")
    var output = Form.table

    enum Form: String, ExpressibleByArgument, CaseIterable, Sendable { case table, json }

    var target: EntityKey? { nil }

    func perform(in session: ClientSession) async throws {
        let filter = PilotFilter(request: request, allocation: allocation, state: state)
        let records = try await session.infoservice.records(.pilot, matching: filter.atTheStore).items
        let chosen = try records.map { (record: $0, pilot: try Entity<Pilot>($0)) }.filter { filter.takes($0.pilot) }
            .sorted { PilotTable.isBefore($0.pilot, $1.pilot) }
        switch output {
        case .json: session.console.write(try JSONForm.text(chosen.map(\.record)))
        case .table:
            session.console.write(
                PilotTable.text(chosen.map(\.pilot), at: session.now, width: session.console.width))
        }
    }
}
