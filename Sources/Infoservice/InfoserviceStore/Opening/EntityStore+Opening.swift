import Foundation
public import VC3Model

extension EntityStore {
    /// Opens the store that `configuration` describes.
    ///
    /// The store and its sealing key are made at the first start. Later a missing key file is an error: a new key could
    /// not open what is there.
    ///
    /// - Throws: ``VC3Error`` naming the file or the connection's fault and what to do: `unavailable`, or `invalid` for
    ///   a configuration that cannot work.
    public static func open(_ configuration: StoreConfiguration, clock: WallClock = .system) async throws -> EntityStore
    {
        let (persistence, sealing) = try await configuration.open()
        do {
            return try await open(
                persistence, sealing: sealing, clock: clock, retention: configuration.retention,
                heartbeat: configuration.heartbeat)
        } catch {
            try? await persistence.close()
            throw error
        }
    }

    /// Opens the store of a single machine: an SQLite file, and its sealing key in a file of its own.
    public static func openSQLite(path: String, keyFile: String, clock: WallClock = .system) async throws -> EntityStore
    {
        try await open(StoreConfiguration(.sqlite(path: path), keyFile: keyFile), clock: clock)
    }
}

extension StoreConfiguration {
    /// The persistence and its keys, both made if this is the first start.
    func open() async throws -> (any Persistence, SealingKey) {
        switch location {
        case .memory:
            let key = if let keyFile { try await SealingKey.file(keyFile, creating: true) } else { SealingKey() }
            return (InMemoryPersistence(), key)
        case .sqlite(let path):
            // The key first: a store without a key is what a lost key file looks like.
            let key = try await key(creating: access(path, F_OK) != 0)
            return (try await SQLitePersistence.open(path: path), key)
        case .diskDump(let path):
            let key = try await key(creating: access(DiskDumpFiles(path: path).journal, F_OK) != 0)
            let persistence = try await DiskDumpPersistence.open(
                path: path, sealing: key, isBegunAnewWhenUnreadable: isBegunAnewWhenUnreadable)
            return (persistence, key)
        case .postgreSQL(let connection): return try await openPostgreSQL(connection)
        }
    }

    #if PostgreSQL
        private func openPostgreSQL(_ connection: String) async throws -> (any Persistence, SealingKey) {
            let persistence = try await PostgreSQLPersistence.open(connection: connection)
            do {
                return (persistence, try await key(creating: persistence.isNew()))
            } catch {
                try? await persistence.close()
                throw error
            }
        }
    #else
        private func openPostgreSQL(_ connection: String) async throws -> (any Persistence, SealingKey) {
            throw StorePlugin.postgreSQL.isMissing
        }
    #endif

    private func key(creating isNew: Bool) async throws -> SealingKey {
        guard let keyFile else {
            throw VC3Error(.invalid, "a store that outlives the process (\(location)) needs a sealing key file")
        }
        return try await SealingKey.file(keyFile, creating: isNew)
    }
}
