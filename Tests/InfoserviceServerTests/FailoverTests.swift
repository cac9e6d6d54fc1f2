import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing
import VC3Transport

/// What the client does when answers get lost and servers go away.
@Suite(.timeLimit(.minutes(5)))
struct FailoverTests {
    private static func withLossyClient(
        _ body: @escaping @Sendable (RemoteInfoservice, CuttingProxy, EntityStore) async throws -> Void
    ) async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let proxy = try await CuttingProxy(to: running.port)
                let client = RemoteInfoservice(
                    host: "127.0.0.1", port: proxy.port, credentials: try running.authority.credentials(.ana),
                    timeouts: .patient)
                // From here on there is a connection whose next bytes from the server are an answer.
                _ = try await client.records(.user)
                try await body(client, proxy, store)
                try await client.shutdown()
                try await proxy.close()
            }
        }
    }

    @Test func aCreateWhoseAnswerWasLostIsFoundAndNotRepeated() async throws {
        try await Self.withLossyClient { client, proxy, store in
            proxy.swallow(1)
            let record = try await client.create(.sampleNodeinfo("n"))
            #expect(record.metadata.revision == Revision(1))
            #expect(await store.revision == Revision(1))
        }
    }

    @Test func aConditionalWriteWhoseAnswerWasLostSucceeds() async throws {
        try await Self.withLossyClient { client, proxy, store in
            let made = try await client.create(.sampleNodeinfo("n"))
            proxy.swallow(1)
            let written = try await client.replaceSpec(
                .nodeinfo, "n", with: ["cores": 8], expecting: made.metadata.revision)
            #expect(written.spec["cores"] == 8)
            #expect(await store.revision == Revision(2))
        }
    }

    @Test func aLostAnswerDoesNotHideAConflict() async throws {
        try await Self.withLossyClient { client, proxy, store in
            let made = try await client.create(.sampleNodeinfo("n"))
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.replaceSpec(.nodeinfo, "n", with: ["cores": 4], expecting: made.metadata.revision)
            proxy.swallow(1)
            let error = await #expect(throws: VC3Error.self) {
                _ = try await client.replaceSpec(
                    .nodeinfo, "n", with: ["cores": 8], expecting: made.metadata.revision)
            }
            #expect(error?.code == .conflict)
        }
    }

    @Test func whatCannotBeRepeatedSafelyIsLeftToTheCaller() async throws {
        try await Self.withLossyClient { client, proxy, store in
            _ = try await client.create(.sampleNodeinfo("n"))
            proxy.swallow(1)
            let patch = await #expect(throws: VC3Error.self) {
                _ = try await client.patchSpec(.nodeinfo, "n", with: ["cores": 8], expecting: nil)
            }
            #expect(patch?.code == .unavailable)
            #expect(await store.revision == Revision(2), "carried out once")
            _ = try await client.records(.user)
            proxy.swallow(1)
            let deletion = await #expect(throws: VC3Error.self) {
                try await client.delete(.nodeinfo, "n", cascade: false)
            }
            #expect(deletion?.code == .unavailable)
        }
    }

    @Test func readsSurviveLostAnswers() async throws {
        try await Self.withLossyClient { client, proxy, _ in
            _ = try await client.create(.sampleNodeinfo("n"))
            proxy.swallow(2)
            #expect(try await client.record(.nodeinfo, "n").name == "n")
        }
    }

    /// Two replicas on one engine; each goes away and comes back while writes and a watch go on.
    @Test func withTwoReplicasNeitherWritesNorWatchesNoticeThatOneGoes() async throws {
        let authority = try TestAuthority()
        try await withStore { store in
            try await withRunningInfoservice(on: store, authority: authority) { steady in
                let (names, client) = try await withRunningInfoservice(on: store, authority: authority) { going in
                    let client = try RemoteInfoservice(
                        [
                            ServiceAddress(host: "127.0.0.1", port: going.port),
                            ServiceAddress(host: "127.0.0.1", port: steady.port),
                        ], credentials: authority.credentials(.ana), timeouts: .patient)
                    let watch = try await client.watch([.nodeinfo], after: .zero)
                    for number in 0..<5 { _ = try await client.create(.sampleNodeinfo("n\(number)")) }
                    #expect(steady.tls.counts.open == 0, "the first that answers is kept")
                    return (watch, client)
                }
                for number in 5..<10 { _ = try await client.create(.sampleNodeinfo("n\(number)")) }
                var seen: [String] = []
                for try await event in names {
                    if case .changed(let record) = event { seen.append(record.name) }
                    if seen.count == 10 { break }
                }
                #expect(seen == (0..<10).map { "n\($0)" })
                #expect(steady.tls.counts.open > 0)
                try await client.shutdown()
            }
        }
    }

    #if PostgreSQL
        /// The server itself does not know whether it wrote: it lost its database between a `COMMIT` and its answer.
        @Test(.enabled(if: PostgreSQLServer.installed != nil, "there is no PostgreSQL server on this machine"))
        func aConditionalWriteThatTheServerIsInDoubtAboutIsNoConflict() async throws {
            try await PostgreSQLServer.with { server in
                _ = try await server.database("store")
                let proxy = try await CommitCuttingProxy(to: server.socket)
                let store = try await EntityStore.open(
                    PostgreSQLPersistence.open(connection: proxy.connection("store")), sealing: SealingKey())
                try await withRunningInfoservice(on: store) { running in
                    let client = try await running.client(
                        .ana, timeouts: Timeouts(connect: .seconds(60), answer: .seconds(60), attempts: 50))
                    let made = try await client.create(.sampleNodeinfo("n"))
                    proxy.arm(.answerLost, andStayAway: true)
                    async let written = client.replaceSpec(
                        .nodeinfo, "n", with: ["cores": 8], expecting: made.metadata.revision)
                    // The store gives up after three seconds.
                    try await Task.sleep(for: .seconds(4))
                    proxy.comeBack()
                    #expect(try await written.metadata.revision == Revision(2))
                }
                try await store.close()
                try await proxy.close()
            }
        }
    #endif

    @Test(arguments: [
        ("a", "a:20334"), ("a:1", "a:1"), ("https://a.b:7/", "a.b:7"), ("[2001:db8::7]:5", "[2001:db8::7]:5"),
        ("2001:db8::7", "[2001:db8::7]:20334"), ("http://a", nil), ("a:0", nil), ("a:70000", nil), ("", nil),
        ("a b", nil), ("a:b", nil),
    ])
    func addressesAreReadInAllTheirForms(text: String, meaning: String?) {
        #expect((try? ServiceAddress(text))?.description == meaning)
    }
}
