public import VC3Model

/// Copies whole stores: between plugins, and to and from backup files.
///
/// Revisions, history, times and the audit trail come along. Every copy is read back and compared before it counts.
public enum StoreCopy {
    /// What was copied.
    public struct Summary: Sendable, Equatable {
        public var revision: Revision
        public var entities: Int
        public var changes: Int
        public var auditEntries: Int

        init(_ content: StoreContent) {
            revision = content.state.revision
            entities = content.state.entities.count
            changes = content.state.history.count
            auditEntries = content.audit.count
        }
    }

    /// Steps of a copy, for showing progress.
    public enum Step: String, Sendable {
        case reading, sealing, writing, verifying
    }

    /// Copies the store `source`, which nobody else uses, to the empty store `target`.
    ///
    /// Secrets are sealed anew under the target's key, unless both have the same key file.
    ///
    /// - Throws: ``VC3Error`` `exists` when the target is not empty, `unavailable` when either cannot be used, `internal`
    ///   when what was written does not read back the same.
    public static func copy(
        from source: StoreConfiguration, to target: StoreConfiguration,
        progress: @Sendable (Step) -> Void = { _ in }
    ) async throws -> Summary {
        guard source.location != target.location else {
            throw VC3Error(.invalid, "source and target are the same store")
        }
        progress(.reading)
        var (content, codec) = try await with(source) { (try await $0.content(), $1) }
        return try await with(target) { persistence, newCodec in
            progress(.sealing)
            let old = codec
            if source.keyFile != target.keyFile { content = try content.resealed(from: old, to: newCodec) }
            codec = newCodec
            return try await fill(persistence, with: content, codec, progress)
        }
    }

    /// Writes the content of the store to a new backup file; a running server on it goes on.
    ///
    /// Secrets stay sealed under the store's key: keep a copy of its key file elsewhere.
    public static func backUp(
        _ location: StoreLocation, to path: String, at moment: Timestamp, progress: @Sendable (Step) -> Void = { _ in }
    ) async throws -> Summary {
        progress(.reading)
        let content = try await location.liveContent()
        progress(.writing)
        try await BackupFile.write(content, to: path, at: moment)
        progress(.verifying)
        guard try await BackupFile.read(path) == content else {
            throw VC3Error(.internal, "backup '\(path)' does not read back as written; its disk is not to be trusted")
        }
        return Summary(content)
    }

    /// Fills the empty store `target` from a backup file.
    ///
    /// - Throws: ``VC3Error`` `invalid` when the file is not whole, or its secrets were sealed under another key.
    public static func restore(
        _ path: String, to target: StoreConfiguration, progress: @Sendable (Step) -> Void = { _ in }
    ) async throws -> Summary {
        progress(.reading)
        let content = try await BackupFile.read(path)
        return try await with(target) { try await fill($0, with: content, $1, progress) }
    }

    private static func fill(
        _ target: any CopyablePersistence, with content: StoreContent, _ codec: RecordCodec,
        _ progress: @Sendable (Step) -> Void
    ) async throws -> Summary {
        // Before anything is written: a store whose secrets cannot be opened is of no use.
        let image = try await StoreImage(decoding: content.state, with: codec)
        progress(.writing)
        try await target.fill(content)
        progress(.verifying)
        let written = try await target.content()
        let readBack = try await StoreImage(decoding: written.state, with: codec)
        guard readBack.contents == image.contents, readBack.revision == image.revision,
            written.state.compacted == content.state.compacted,
            written.state.history.map(\.revision) == content.state.history.map(\.revision),
            written.audit == content.audit
        else { throw VC3Error(.internal, "the copy does not read back as written; remove it and look at its disk") }
        return Summary(written)
    }

    private static func with<Result>(
        _ configuration: StoreConfiguration,
        _ body: (any CopyablePersistence, RecordCodec) async throws -> Result
    ) async throws -> Result {
        let (persistence, sealing) = try await configuration.open()
        do {
            guard let copyable = persistence as? any CopyablePersistence else {
                throw VC3Error(.invalid, "a store in \(configuration.location.plugin.rawValue) cannot be copied")
            }
            let result = try await body(copyable, RecordCodec(sealing: sealing))
            try await persistence.close()
            return result
        } catch {
            try? await persistence.close()
            throw error
        }
    }
}

extension StoreLocation {
    /// What is in the store now, whether or not a server runs on it.
    func liveContent() async throws -> StoreContent {
        switch self {
        case .memory: throw VC3Error(.invalid, "a store in memory has nothing to back up from outside its process")
        case .sqlite(let path): return try await SQLitePersistence.liveContent(path: path)
        case .diskDump(let path): return try await DiskDumpPersistence.liveContent(path: path)
        case .postgreSQL(let connection):
            #if PostgreSQL
                let persistence = try await PostgreSQLPersistence.open(connection: connection)
                let content: StoreContent
                do { content = try await persistence.content() } catch {
                    try? await persistence.close()
                    throw error
                }
                try await persistence.close()
                return content
            #else
                throw StorePlugin.postgreSQL.isMissing
            #endif
        }
    }
}

extension StorePlugin {
    var isMissing: VC3Error {
        VC3Error(
            .invalid, "this program was built without \(rawValue); build it with: swift build --traits \(rawValue)")
    }
}
