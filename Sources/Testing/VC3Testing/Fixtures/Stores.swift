import Foundation
public import InfoserviceStore
public import VC3Model

/// Runs `body` with an empty store in memory.
public func withStore<Result>(
    clock: WallClock = .system, retention: Retention = Retention(), heartbeat: Duration = .seconds(10),
    isolation: isolated (any Actor)? = #isolation, _ body: (EntityStore) async throws -> Result
) async throws -> Result {
    let store = try await EntityStore.open(
        InMemoryPersistence(), sealing: SealingKey(), clock: clock, retention: retention, heartbeat: heartbeat)
    let result = try await body(store)
    try await store.close()
    return result
}

/// Runs `body` with an empty store on an SQLite file.
public func withSQLiteStore<Result>(
    clock: WallClock = .system, retention: Retention = Retention(), heartbeat: Duration = .seconds(10),
    isolation: isolated (any Actor)? = #isolation, _ body: (EntityStore) async throws -> Result
) async throws -> Result {
    try await withScratchDirectory { directory in
        let store = try await EntityStore.open(
            SQLitePersistence.open(path: directory.appending(path: "store.sqlite").path), sealing: SealingKey(),
            clock: clock, retention: retention, heartbeat: heartbeat)
        let result = try await body(store)
        try await store.close()
        return result
    }
}

/// Runs `body` with an empty store on a dump file.
public func withDiskDumpStore<Result>(
    heartbeat: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation,
    _ body: (EntityStore) async throws -> Result
) async throws -> Result {
    try await withScratchDirectory { directory in
        let key = SealingKey()
        let store = try await EntityStore.open(
            DiskDumpPersistence.open(path: directory.appending(path: "dump.json").path, sealing: key), sealing: key,
            heartbeat: heartbeat)
        let result = try await body(store)
        try await store.close()
        return result
    }
}
