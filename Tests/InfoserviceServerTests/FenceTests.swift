import InfoserviceAPI
import InfoserviceClient
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

/// Writes of a leader over the wire: refused once its term is over.
@Suite(.timeLimit(.minutes(5)))
struct FenceTests {
    @Test func everyKindOfWriteStopsWithTheTerm() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let master = try await running.client(.master)
                let lease = LeaderLease(master, name: "shard", holder: "one", wallClock: .system)
                let leader = master.fenced(by: lease.fence(of: try #require(try await lease.contend())))
                let spec: JSONValue = [
                    "about": "x/y", "reason": "r", "message": "m", "last": "2026-01-01T00:00:00Z",
                ]
                let made = try await leader.create(EntityDraft(kind: .event, name: "e", spec: spec))
                _ = try await leader.patchSpec(.event, "e", with: ["count": 2], expecting: made.metadata.revision)

                await lease.release()
                let current = try await master.record(.event, "e").metadata.revision
                let writes: [@Sendable () async throws -> Void] = [
                    { _ = try await leader.create(EntityDraft(kind: .event, name: "f", spec: spec)) },
                    { _ = try await leader.replaceSpec(.event, "e", with: spec, expecting: current) },
                    { _ = try await leader.patchSpec(.event, "e", with: ["count": 3], expecting: nil) },
                    { _ = try await leader.replaceStatus(.event, "e", with: ["state": "new"], expecting: current) },
                    { try await leader.delete(.event, "e") },
                ]
                for write in writes {
                    let error = await #expect(throws: VC3Error.self) { try await write() }
                    #expect(error?.code == .conflict && error?.message.contains("no longer held") == true)
                }
                #expect(try await leader.record(.event, "e").metadata.revision == current, "reading goes on")
            }
        }
    }
}
