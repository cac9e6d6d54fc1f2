import ArgumentParser
import InfoserviceAPI
import VC3Model

struct RequestGetConfString: ClientCommand {
    enum ConfigurationType: String, ExpressibleByArgument, CaseIterable, Sendable { case auth, queues }

    static let effect = CommandEffect.read
    static let configuration = usage(
        "request-getconfstring",
        "Print a virtual cluster's queues, or how its sites are logged in to, without secrets.",
        example: "vc3-client request-getconfstring --requestname ana-run1 --conftype queues")

    @Option(name: .customLong("requestname"), help: "Request name.")
    var name: String
    @Option(name: .customLong("conftype"), help: "queues or auth.")
    var type: ConfigurationType

    var target: EntityKey? { EntityKey(.request, name) }

    func perform(in session: ClientSession) async throws {
        let request: Entity<Request> = try await session.infoservice.entity(Request.self, name)
        let text: String
        switch type {
        case .queues:
            let sets = try await session.infoservice.entities(PilotSet.self).filter { $0.spec.request == name }
            text = QueueSections.queues(sets)
        case .auth:
            let allocations = try await session.infoservice.entities(Allocation.self)
            text = QueueSections.auth(allocations.filter { request.spec.allocations.contains($0.name) })
        }
        session.console.write(text.isEmpty ? "None" : text)
    }
}
