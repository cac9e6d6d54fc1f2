import ArgumentParser
import InfoserviceAPI
import VC3Model

struct RequestGetState: ClientCommand {
    static let effect = CommandEffect.read
    static let configuration = usage(
        "request-state", "Print a virtual cluster's state and the reason, as a pair.",
        example: "vc3-client request-state --requestname ana-run1")

    @Option(name: .customLong("requestname"), help: "Request name.")
    var name: String

    var target: EntityKey? { EntityKey(.request, name) }

    func perform(in session: ClientSession) async throws {
        let status = try await session.infoservice.record(.request, name).status
        let pair = [status["state"] ?? "new", status["state_reason"] ?? .null].map(TextForm.literal)
        session.console.write("(\(pair.joined(separator: ", ")))")
    }
}
