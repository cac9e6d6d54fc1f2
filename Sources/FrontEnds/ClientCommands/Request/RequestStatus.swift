import ArgumentParser
import InfoserviceAPI
import VC3Model

struct RequestStatus: ClientCommand {
    static let effect = CommandEffect.read
    static let additions = OutputOptions.additions
    static let configuration = usage(
        "request-status", "Print a virtual cluster's counts of workers by nodeset, as a map.",
        example: """
            vc3-client request-status --requestname ana-run1
            vc3-client request-status --requestname ana-run1 --output table
            """)

    @Option(name: .customLong("requestname"), help: "Request name.")
    var name: String
    @Flag(help: "By factory, nodeset and queue, as the batch systems report them.")
    var raw = false
    @OptionGroup var options: OutputOptions

    var target: EntityKey? { EntityKey(.request, name) }

    func perform(in session: ClientSession) async throws {
        let request: Entity<Request> = try await session.infoservice.entity(Request.self, name)
        let info = JSONValue.object(request.status.statusinfo)
        let value = raw ? RawStatus.map(of: try await workerSets(in: session)) : info
        switch options.output {
        case .text: session.console.write(value == [:] ? "None" : TextForm.literal(value))
        case .json: session.console.write(try JSONForm.text(value))
        case .table: session.console.write(Self.table(info, width: session.console.width))
        }
    }

    private func workerSets(in session: ClientSession) async throws -> [Entity<PilotSet>] {
        try await session.infoservice.entities(PilotSet.self).filter { $0.spec.request == name }
    }

    private static let counts = ["requested", "running", "idle", "error"]

    private static func table(_ info: JSONValue, width: Int?) -> String {
        let rows = (info.objectValue ?? [:]).sorted { $0.key < $1.key }.map { nodeset, status in
            [nodeset] + counts.map { status[$0].map(TextForm.literal) ?? "-" }
        }
        return TableForm.text(header: ["NODESET"] + counts.map { $0.uppercased() }, rows: rows, width: width)
    }
}
