import InfoserviceAPI
import InfoserviceClient
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

/// A portal that serves users over the client library: each with their own rights, all over its own connections.
@Suite(.timeLimit(.minutes(5)))
struct ActingForTests {
    private static let portal = Identity(role: .portal, name: "portal")

    @Test func aPortalMayDoForAUserWhatTheUserMayAndNothingElse() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let portal = try await running.client(Self.portal)
                let (forAna, forBen) = (try portal.acting(for: "ana"), try portal.acting(for: "ben"))
                let token = try await forAna.create(.samplePrivateToken("t", secret: "aHVudGVyMg"))
                #expect(token.metadata.owner == "ana")
                let node = try await forAna.create(.sampleNodeinfo("n", cores: 1))
                _ = try await forAna.replaceSpec(
                    .nodeinfo, "n", with: ["cores": 2], expecting: node.metadata.revision)
                #expect(try await forAna.records(.privatetoken).items.map(\.name) == ["t"])
                let seen = try await forAna.watch([.privatetoken], after: .zero)
                    .first { if case .changed = $0 { true } else { false } }
                #expect(seen?.revision == token.metadata.revision)

                // Word for word what they would be told themselves.
                let ben = try await running.client(.ben)
                let questions: [@Sendable (RemoteInfoservice) async throws -> Void] = [
                    { _ = try await $0.record(.privatetoken, "t") },
                    { _ = try await $0.patchSpec(.nodeinfo, "n", with: ["cores": 3], expecting: nil) },
                    { try await $0.delete(.nodeinfo, "n") },
                    { _ = try await $0.create(.sampleNodeinfo("m", owner: "ana")) },
                    { _ = try await $0.replaceStatus(.nodeinfo, "n", with: [:], expecting: Revision(1)) },
                ]
                for question in questions {
                    let own = await #expect(throws: VC3Error.self) { try await question(ben) }
                    let through = await #expect(throws: VC3Error.self) { try await question(forBen) }
                    #expect(through?.code == own?.code && through?.message == own?.message)
                }
                #expect(try await forBen.records(.privatetoken).items.isEmpty)

                // The portal itself has gained nothing, and the trail names both.
                await #expect(throws: VC3Error.self) { _ = try await portal.record(.privatetoken, "t") }
                for entry in try await store.audit(AuditQuery()).items {
                    #expect(entry.who == "ana" && entry.role == .user && entry.via == Self.portal.description)
                }
            }
        }
    }

    @Test(arguments: [Identity.ana, .master, .factory, .admin])
    func nobodyElseActsForAUser(_ identity: Identity) async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let client = try await running.client(identity).acting(for: "ben")
                let error = await #expect(throws: VC3Error.self) { _ = try await client.records(.nodeinfo) }
                #expect(error?.code == .forbidden && error?.message.contains("only the portal acts for users") == true)
            }
        }
    }

    @Test(arguments: ["", "no/body", "ana\r\nX-Evil: 1"])
    func whatCannotBeAUserIsRefusedBeforeItIsSent(_ name: String) async throws {
        let authority = try TestAuthority()
        let client = RemoteInfoservice(host: "127.0.0.1", port: 1, credentials: try authority.credentials(Self.portal))
        let error = #expect(throws: VC3Error.self) { _ = try client.acting(for: name) }
        #expect(error?.code == .invalid)
        try await client.shutdown()
    }
}
