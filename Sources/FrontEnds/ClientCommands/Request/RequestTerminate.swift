import ArgumentParser
import InfoserviceAPI
import VC3Model

struct RequestTerminate: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "request-terminate", "End a virtual cluster: its workers first, then its head node.",
        example: """
            vc3-client request-terminate --requestname ana-run1
            vc3-client request-wait --requestname ana-run1 --for terminated
            """)

    @Option(name: .customLong("requestname"), help: "Request name.")
    var name: String

    var target: EntityKey? { EntityKey(.request, name) }

    func perform(in session: ClientSession) async throws {
        // Without a revision: whatever else is being written, it is to end.
        _ = try await session.infoservice.patchSpec(.request, name, with: ["action": "terminate"], expecting: nil)
        session.console.write("request \(name) is being terminated")
    }
}
