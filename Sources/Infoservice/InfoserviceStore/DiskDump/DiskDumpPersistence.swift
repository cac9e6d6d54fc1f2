import Foundation
import Logging
public import VC3Model

/// Keeps entities in the original's dump file, which the original and its scripts read and may write while this is not
/// running.
///
/// The whole dump is written at each commit, as the original did, so this is for small stores and for moving from and to
/// the original. What its shape has no room for is in `<path>.journal`, the audit trail in `<path>.audit`. A commit is
/// durable with its line in the journal; the dump follows, and a crash in between is made up for at the next start.
public actor DiskDumpPersistence: CopyablePersistence {
    private let files: DiskDumpFiles
    private let lock: FileLock
    private let logger: Logger
    private var journal: Int32
    private var kept: DumpJournal.Reading
    private var flats: [EntityKey: [String: JSONValue]] = [:]
    /// Why nothing can be written any more.
    private var defect: String?

    /// Opens the dump at `path`; a missing one is made.
    ///
    /// A dump that another program wrote or changed is taken over: what differs becomes changes with revisions of their
    /// own. The first dump of another program is kept as `<path>.original.<time>`.
    ///
    /// - Parameter isBegunAnew: What to do with a file that cannot be read: set it aside as `<path>.invalid.<time>` and go
    ///   on with what else there is, or refuse. It is kept under that name in both cases.
    /// - Throws: ``VC3Error`` `unavailable` when a file cannot be read or another process uses it, `invalid` when the dump
    ///   holds what cannot be taken over.
    public static func open(
        path: String, sealing: SealingKey, isBegunAnewWhenUnreadable isBegunAnew: Bool = false,
        clock: WallClock = .system
    ) async throws -> DiskDumpPersistence {
        try await OffPool.run {
            let files = DiskDumpFiles(path: path)
            let lock = try FileLock(path: path + ".lock")
            do {
                if FileManager.default.fileExists(atPath: files.incomplete) { throw StoreContent.incomplete(path) }
                let opening = DiskDumpOpening(
                    files: files, codec: RecordCodec(sealing: sealing), isBegunAnew: isBegunAnew, now: clock.now())
                return try DiskDumpPersistence(files, lock, opening.run())
            } catch {
                lock.release()
                throw error
            }
        }
    }

    private init(_ files: DiskDumpFiles, _ lock: FileLock, _ kept: DumpJournal.Reading) throws {
        self.files = files
        self.lock = lock
        self.kept = kept
        logger = Logger(label: "vc3.store")
        flats = try kept.entities.mapValues { try DiskDumpFiles.flat($0) }
        journal = Foundation.open(files.journal, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard journal >= 0 else { throw AtomicFile.failure("open", files.journal) }
    }

    public func load() -> StoredState {
        StoredState(
            entities: Array(kept.entities.values), history: kept.history, revision: kept.revision,
            compacted: kept.compacted)
    }

    public func commit(_ batch: StoredBatch) async throws {
        if let defect { throw VC3Error(.unavailable, defect) }
        let line = try DumpJournal.bytes(
            of: .batch(
                changes: batch.changes.map { DumpJournal.Change($0) }, audit: batch.audit, compacted: batch.compacted))
        try await append(line)
        kept.apply(batch.changes, compactingThrough: batch.compacted)
        kept.length += line.count
        kept.audit += batch.audit
        for change in batch.changes { flats[change.key] = change.isRemoval ? nil : try DiskDumpFiles.flat(change.body) }
        // Durable from here on: what follows is made up for later when it fails.
        do {
            try await writeAudit(expiry: batch.auditExpiry)
            if batch.compacted != nil { try await rewriteJournal() }
            try await writeDump()
        } catch {
            logger.error("the dump is behind its journal", metadata: ["file": "\(files.dump)", "error": "\(error)"])
        }
    }

    /// Leaves the journal as it was when the line cannot be written.
    private func append(_ line: Data) async throws {
        let (file, length, path) = (journal, kept.length, files.journal)
        do {
            try await OffPool.run { try AtomicFile.append(line, to: file, path) }
        } catch {
            if ftruncate(file, off_t(length)) != 0 || fsync(file) != 0 {
                defect = "the journal '\(path)' may end in half a line; restart to mend it"
            }
            throw error
        }
    }

    private func writeAudit(expiry: AuditExpiry?) async throws {
        let (path, entries) = (files.audit, kept.audit)
        try await OffPool.run {
            try DiskDumpFiles.append(entries, toAudit: path)
            if let expiry { try DiskDumpFiles.expire(expiry, inAudit: path) }
        }
        kept.audit.removeAll()
    }

    private func rewriteJournal() async throws {
        let (text, path) = (try DumpJournal.bytes(of: kept), files.journal)
        let fresh = try await OffPool.run {
            try AtomicFile.replace(path, text)
            let file = Foundation.open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
            guard file >= 0 else { throw AtomicFile.failure("open", path) }
            return file
        }
        Foundation.close(journal)
        journal = fresh
        kept.length = text.count
    }

    private func writeDump() async throws {
        let (flats, revision, path) = (flats, kept.revision, files.dump)
        try await OffPool.run {
            try AtomicFile.replace(path, DumpDocument.text(of: DumpRendering.document(of: flats), at: revision))
        }
    }

    public func rewrite(entities: [StoredChange], history: [StoredChange]) async throws {
        if let defect { throw VC3Error(.unavailable, defect) }
        for change in entities where kept.entities[change.key] != nil {
            kept.entities[change.key] = change.body
            flats[change.key] = try DiskDumpFiles.flat(change.body)
        }
        let bodies = Dictionary(history.map { ($0.revision, $0.body) }) { $1 }
        for index in kept.history.indices {
            kept.history[index].body = bodies[kept.history[index].revision] ?? kept.history[index].body
        }
        // What the batches in the journal say of the audit trail goes with them.
        try await writeAudit(expiry: nil)
        try await rewriteJournal()
        try await writeDump()
    }

    public func isCommitted(_ batch: StoredBatch) throws -> Bool {
        if let defect { throw VC3Error(.unavailable, defect) }
        return try isCommitted(batch, at: kept.revision)
    }

    public func audit(_ query: AuditQuery) async throws -> AuditPage {
        let path = files.audit
        return query.page(of: try await OffPool.run { try DiskDumpFiles.trail(path) } + kept.audit)
    }

    public func close() async throws {
        Foundation.close(journal)
        lock.release()
    }

    // MARK: Copying

    public func content() async throws -> StoreContent {
        let path = files.audit
        return StoreContent(
            state: load(), audit: try await OffPool.run { try DiskDumpFiles.trail(path) } + kept.audit)
    }

    public func fill(_ content: StoreContent) async throws {
        guard kept.revision == .zero, kept.entities.isEmpty else { throw StoreContent.occupied(files.dump) }
        let files = files
        try await OffPool.run { try AtomicFile.create(files.incomplete, Data()) }
        for body in content.state.entities { kept.entities[try EntityRecord(json: JSONValue(data: body)).key] = body }
        kept.history = content.state.history
        kept.revision = content.state.revision
        kept.compacted = content.state.compacted
        kept.audit = content.audit
        flats = try kept.entities.mapValues { try DiskDumpFiles.flat($0) }
        try await rewriteJournal()
        try await writeAudit(expiry: nil)
        try await writeDump()
        try await OffPool.run {
            guard unlink(files.incomplete) == 0 else { throw AtomicFile.failure("remove", files.incomplete) }
            try AtomicFile.syncFolder(of: files.incomplete)
        }
    }

    /// What the files show now, also while a server uses them.
    static func liveContent(path: String) async throws -> StoreContent {
        try await OffPool.run {
            let files = DiskDumpFiles(path: path)
            guard let text = FileManager.default.contents(atPath: files.journal) else {
                throw AtomicFile.failure("read", files.journal)
            }
            let kept = try DumpJournal.read(text)
            // The trail may be ahead of the journal that was read, or lack its last batch.
            let trail = try DiskDumpFiles.trail(files.audit).filter { $0.revision <= kept.revision }
            let last = trail.last?.revision ?? .zero
            return StoreContent(
                state: StoredState(
                    entities: Array(kept.entities.values), history: kept.history, revision: kept.revision,
                    compacted: kept.compacted),
                audit: trail + kept.audit.filter { $0.revision > last })
        }
    }
}
