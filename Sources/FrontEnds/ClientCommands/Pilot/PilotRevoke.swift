import ArgumentParser
import InfoserviceAPI
import VC3Model

/// Asks by the pilot's request, whose owner alone may change it: the Master has the head node refuse the pilot, and the
/// Factory cancels its job.
struct PilotRevoke: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "pilot-revoke",
        "Take back the token of one pilot: its head node refuses it at once, its jobs run elsewhere, and it is cancelled.",
        example: "vc3-client pilot-revoke 7f3kq0v2m9x1c8d4b6na")

    @Argument(help: "The pilot's name, as pilot-list shows it.")
    var name: String
    @Option(help: "How long to wait for the head node at most, e.g. 30s, 2m.")
    var timeout = TimeSpan(.seconds(60))

    var target: EntityKey? { EntityKey(.pilot, name) }

    func perform(in session: ClientSession) async throws {
        let request = try await session.infoservice.entity(Pilot.self, name).spec.request
        let head = RequestLifeCycle.headNodeName(of: request)
        let since = (try? await session.infoservice.entity(Nodeset.self, head).status.revoked) ?? [:]
        try await session.edit(.request, request, attribute: "revokedpilots") { value in
            let asked = (value?.arrayValue ?? []).compactMap(\.stringValue)
            let over = PilotRevocation.over(asked, since: since, at: session.now)
            let kept = asked.filter { !over.contains($0) || $0 == name }
            return .array((kept.contains(name) ? kept : kept + [name]).map { .string($0) })
        }
        try await Following(kinds: [.request, .nodeset], session: session, timeout: timeout.duration)
            .until("the head node of request \(request) to refuse pilot \(name)") {
                try Self.decide(name, request: request, seeing: $0)
            }
        session.console.write("the head node of request \(request) refuses pilot \(name); its job is being cancelled")
    }

    static func decide(_ name: String, request: String, seeing entities: FollowedEntities) throws -> FollowingDecision {
        guard let current = try entities.entity(Request.self, request) else {
            throw ClientFailure(message: "request \(request) was deleted meanwhile, and its head node with it")
        }
        let head = RequestLifeCycle.headNodeName(of: request)
        if let nodeset = try entities.entity(Nodeset.self, head) {
            return nodeset.status.revoked[name] == nil ? .pending("the head node is being told") : .met
        }
        // A head node that is not there admits nobody.
        return current.status.conditions.isTrue(RequestLifeCycle.terminating)
            || current.status.state == RequestState.terminated.rawValue ? .met : .pending("there is no head node yet")
    }
}
