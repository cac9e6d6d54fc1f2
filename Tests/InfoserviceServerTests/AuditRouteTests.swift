@testable import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

struct AuditRouteTests {
    @Test func parametersBecomeAQuery() throws {
        let query = try AuditRoute.query([
            ("role", "user"), ("who", "ana"), ("kind", "request"), ("name", "r"), ("since", "2026-11-22T13:45:00Z"),
            ("before", "17"), ("limit", "5"),
        ])
        let since = Timestamp("2026-11-22T13:45:00Z")
        #expect(
            query
                == AuditQuery(
                    role: .user, who: "ana", kind: .request, name: "r", since: since, before: Revision(17), limit: 5))
    }

    @Test func allThatIsWrongIsNamed() throws {
        let error = try #require(throws: VC3Error.self) {
            _ = try AuditRoute.query([("rolle", "user"), ("since", "yesterday"), ("kind", "cat"), ("limit", "x")])
        }
        #expect(error.problems.map(\.field) == ["rolle", "since", "kind", "limit"])
    }

    @Test func onlyAdminsReadIt() async throws {
        try await withStore { store in
            _ = try await InfoserviceSession(identity: .admin, engine: store).audit(AuditQuery())
            for identity in [Identity.ana, .master, .factory] {
                let session = InfoserviceSession(identity: identity, engine: store)
                let error = await #expect(throws: VC3Error.self) { _ = try await session.audit(AuditQuery()) }
                #expect(error?.code == .forbidden)
            }
        }
    }
}
