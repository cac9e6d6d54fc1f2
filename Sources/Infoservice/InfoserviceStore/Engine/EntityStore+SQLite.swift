import Foundation
public import VC3Model

extension EntityStore {
    /// Opens the store of a single machine: an SQLite file, and its sealing key in a file of its own.
    ///
    /// Both are made at the first start. Later a missing key file is an error: a new key could not open what is there.
    ///
    /// - Throws: ``VC3Error`` `unavailable` naming the file and what to do.
    public static func openSQLite(
        path: String, keyFile: String, clock: WallClock = .system, retention: Retention = Retention(),
        heartbeat: Duration = .seconds(10)
    ) async throws -> EntityStore {
        let isNew = access(path, F_OK) != 0
        let sealing = try await SealingKey.file(keyFile, creating: isNew)
        let persistence = try await SQLitePersistence.open(path: path)
        do {
            return try await open(
                persistence, sealing: sealing, clock: clock, retention: retention, heartbeat: heartbeat)
        } catch {
            try await persistence.close()
            throw error
        }
    }
}
