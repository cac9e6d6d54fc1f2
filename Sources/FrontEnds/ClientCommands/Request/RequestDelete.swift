import ArgumentParser
import InfoserviceAPI
import VC3Model

struct RequestDelete: ClientCommand {
    static let effect = CommandEffect.remove
    static let configuration = usage(
        "request-delete", "End a virtual cluster if it still runs, and forget it. Its template stays.",
        example: """
            vc3-client request-delete ana-run1
            vc3-client request-delete ana-run1 --with-cluster
            """)
    static let additions: Set<String> = ["with-cluster", "wait", "timeout"]

    @Argument(help: "Request name.")
    var requestname: String
    @Flag(help: "Wait until it is gone.")
    var wait = false
    @Flag(
        name: .customLong("with-cluster"),
        help: "Then delete its cluster template and nodesets too, but for those that others use; waits.")
    var withCluster = false
    @Option(help: "How long to wait at most.")
    var timeout = TimeSpan(.seconds(1800))

    var target: EntityKey? { EntityKey(.request, requestname) }

    func perform(in session: ClientSession) async throws {
        let infoservice = session.infoservice
        let name = requestname
        let cluster = withCluster ? try await infoservice.record(.request, name).spec["cluster"]?.stringValue : nil
        try await infoservice.delete(.request, name)
        guard wait || withCluster else { return }
        try await Following(kinds: [.request], session: session, timeout: timeout.duration)
            .until("deletion of request \(name)") { entities in
                guard let request = try entities.entity(Request.self, name) else { return .met }
                return .pending(RequestStory.headline(request))
            }
        if let cluster { try await deleteTemplate(cluster, in: session) }
    }

    private func deleteTemplate(_ cluster: String, in session: ClientSession) async throws {
        let clusters = try await session.infoservice.records(.cluster).items
        guard let record = clusters.first(where: { $0.name == cluster }) else { return }
        let others = clusters.filter { $0.name != cluster }
            .flatMap { $0.spec["nodesets"]?.arrayValue ?? [] }.compactMap(\.stringValue)
        guard try await deleteUnlessUsed(.cluster, cluster, in: session) else { return }
        for nodeset in (record.spec["nodesets"]?.arrayValue ?? []).compactMap(\.stringValue) {
            if others.contains(nodeset) {
                session.console.note("note: nodeset \(nodeset) is kept; another cluster uses it")
            } else {
                _ = try await deleteUnlessUsed(.nodeset, nodeset, in: session)
            }
        }
    }

    /// - Returns: Whether it is gone.
    private func deleteUnlessUsed(_ kind: EntityKind, _ name: String, in session: ClientSession) async throws -> Bool {
        do {
            try await session.infoservice.delete(kind, name)
        } catch let error as VC3Error where error.code == .inUse {
            session.console.note("note: \(kind.rawValue) \(name) is kept; \(error.message)")
            return false
        } catch let error as VC3Error where error.code == .notFound {
            return true
        }
        return true
    }
}
