import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Synchronization
import Testing
import VC3Model
import VC3Testing

/// A disk that fails in a chosen way.
private final class FailingPersistence: Persistence {
    enum Fault { case none, beforeCommit, afterCommit, unknown }
    struct DiskFailure: Error {}

    private let base = InMemoryPersistence()
    private let fault = Mutex(Fault.none)

    func fail(_ fault: Fault) { self.fault.withLock { $0 = fault } }

    func load() async throws -> StoredState { await base.load() }
    func commit(_ batch: StoredBatch) async throws {
        switch fault.withLock(\.self) {
        case .none: await base.commit(batch)
        case .beforeCommit, .unknown: throw DiskFailure()
        case .afterCommit:
            await base.commit(batch)
            throw DiskFailure()
        }
    }
    func rewrite(entities: [StoredChange], history: [StoredChange]) async throws {
        await base.rewrite(entities: entities, history: history)
    }
    func isCommitted(_ batch: StoredBatch) async throws -> Bool {
        if fault.withLock(\.self) == .unknown { throw DiskFailure() }
        return try await base.isCommitted(batch)
    }
    func audit(_ query: AuditQuery) async throws -> AuditPage { await base.audit(query) }
    func close() async throws {}
}

@Suite(.timeLimit(.minutes(5)))
struct FailingPersistenceTests {
    @Test func aFailedWriteIsNotSeenAndTheNextOneWorks() async throws {
        let disk = FailingPersistence()
        let store = try await EntityStore.open(disk, sealing: SealingKey())
        let ana = InfoserviceSession(identity: .ana, engine: store)
        disk.fail(.beforeCommit)
        let error = try await #require(throws: VC3Error.self) { _ = try await ana.create(.sampleNodeinfo("n")) }
        #expect(error.code == .unavailable)
        #expect(await store.record(EntityKey(.nodeinfo, "n")) == nil)
        disk.fail(.none)
        #expect(try await ana.create(.sampleNodeinfo("n")).metadata.revision == Revision(1))
    }

    @Test func aWriteThatHappenedInSpiteOfAnErrorCounts() async throws {
        let disk = FailingPersistence()
        let store = try await EntityStore.open(disk, sealing: SealingKey())
        let ana = InfoserviceSession(identity: .ana, engine: store)
        disk.fail(.afterCommit)
        #expect(try await ana.create(.sampleNodeinfo("n")).metadata.revision == Revision(1))
        #expect(await store.record(EntityKey(.nodeinfo, "n")) != nil)
    }

    @Test func aStoreThatCannotTellStopsWriting() async throws {
        let disk = FailingPersistence()
        let store = try await EntityStore.open(disk, sealing: SealingKey())
        let ana = InfoserviceSession(identity: .ana, engine: store)
        disk.fail(.unknown)
        await #expect(throws: VC3Error.self) { _ = try await ana.create(.sampleNodeinfo("n")) }
        disk.fail(.none)
        let error = try await #require(throws: VC3Error.self) { _ = try await ana.create(.sampleNodeinfo("m")) }
        #expect(error.message.contains("restart"))
        #expect(await store.records(.nodeinfo).items.isEmpty)
    }
}
