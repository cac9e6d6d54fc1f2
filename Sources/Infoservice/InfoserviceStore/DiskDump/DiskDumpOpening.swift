import Foundation
import Logging
import VC3Model

/// Makes one state of what the files of a dump say, and writes it back to all of them.
struct DiskDumpOpening {
    let files: DiskDumpFiles
    let codec: RecordCodec
    let isBegunAnew: Bool
    let now: Timestamp
    private let logger = Logger(label: "vc3.store")

    init(files: DiskDumpFiles, codec: RecordCodec, isBegunAnew: Bool, now: Timestamp) {
        self.files = files
        self.codec = codec
        self.isBegunAnew = isBegunAnew
        self.now = now
    }

    func run() throws -> DumpJournal.Reading {
        let journal = try read(files.journal) { try DumpJournal.read($0) }
        let dump = try read(files.dump) { try DumpDocument(reading: $0) }
        if journal == nil, dump == nil, let aside = try leftAside(), !isBegunAnew {
            throw VC3Error(
                .unavailable,
                "there is no dump '\(files.dump)', but '\(aside)' was set aside; put a whole dump back, or choose to begin"
                    + " an empty store")
        }
        var kept = journal ?? DumpJournal.Reading()
        if let dump { try takeOver(dump, hasJournal: journal != nil, into: &kept) }
        try write(kept)
        kept.audit = []
        return kept
    }

    private func takeOver(_ dump: DumpDocument, hasJournal: Bool, into kept: inout DumpJournal.Reading) throws {
        if let revision = dump.revision, !dump.isChanged {
            guard revision > kept.revision else { return }
            if hasJournal {
                throw VC3Error(
                    .unavailable,
                    "journal '\(files.journal)' ends at revision \(kept.revision), but its dump shows \(revision): the"
                        + " journal is damaged or from a backup; move it away to go on with the dump alone, whose history"
                        + " and audit trail begin anew then")
            }
        }
        if let revision = dump.revision, dump.isChanged, revision < kept.revision {
            throw VC3Error(
                .unavailable,
                "another program changed dump '\(files.dump)' at revision \(revision), while its journal goes on to"
                    + " \(kept.revision): move the journal away to go on with the dump, or the dump to go on with the"
                    + " journal")
        }
        if !hasJournal {
            kept.revision = dump.revision ?? .zero
            // Without a journal there is no history before this.
            kept.compacted = kept.revision
        }
        try apply(dump, to: &kept)
    }

    private func apply(_ dump: DumpDocument, to kept: inout DumpJournal.Reading) throws {
        let current = try kept.entities.mapValues { try codec.decode($0) }
        let change = try DumpImport(
            dump, over: current, shown: try kept.entities.mapValues { try DiskDumpFiles.flat($0) })
        if change.puts.isEmpty, change.removals.isEmpty { return }
        let aside = try DiskDumpFiles.keepAside(files.dump, as: "original")
        logger.notice(
            "taking over what another program wrote",
            metadata: [
                "file": "\(files.dump)", "written": "\(change.puts.count)", "removed": "\(change.removals.count)",
                "kept as": "\(aside)",
            ])
        if !change.left.isEmpty {
            logger.warning(
                "some attributes have no place here", metadata: ["left": "\(change.left.joined(separator: ", "))"])
        }
        let author = Author(Identity(role: .admin, name: "vc3-infoservice"), action: "import")
        for var record in change.puts {
            let previous = current[record.key]
            kept.revision = kept.revision.next
            record.metadata.revision = kept.revision
            record.metadata.updated = now
            if previous == nil { record.metadata.created = now }
            try add(record, over: previous, isRemoval: false, author, to: &kept)
        }
        for key in change.removals {
            guard var record = current[key] else { continue }
            kept.revision = kept.revision.next
            record.metadata.revision = kept.revision
            record.metadata.updated = now
            try add(record, over: record, isRemoval: true, author, to: &kept)
        }
    }

    private func add(
        _ record: EntityRecord, over previous: EntityRecord?, isRemoval: Bool, _ author: Author,
        to kept: inout DumpJournal.Reading
    ) throws {
        let stored = StoredChange(
            revision: record.metadata.revision, key: record.key, isRemoval: isRemoval, moment: now,
            body: try codec.encode(record))
        kept.audit.append(AuditEntry(of: record, over: previous, isRemoval: isRemoval, by: author, at: now))
        kept.apply([stored], compactingThrough: nil)
    }

    /// The trail first, because the journal does not hold it any more then; the dump last, because it can be written again.
    private func write(_ kept: DumpJournal.Reading) throws {
        // The trail may lack the last batch; and, when the journal is a new one, the trail may be ahead.
        let last = try DiskDumpFiles.trail(files.audit).last?.revision ?? .zero
        try DiskDumpFiles.append(kept.audit.filter { $0.revision > last }, toAudit: files.audit)
        try AtomicFile.replace(files.journal, DumpJournal.bytes(of: kept))
        let flats = try kept.entities.mapValues { try DiskDumpFiles.flat($0) }
        try AtomicFile.replace(
            files.dump, DumpDocument.text(of: DumpRendering.document(of: flats), at: kept.revision))
    }

    /// `nil` for a missing file, and for an unreadable one that was set aside because that was chosen.
    private func read<Value>(_ path: String, _ parse: (Data) throws -> Value) throws -> Value? {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            if access(path, F_OK) != 0, errno == ENOENT { return nil }
            throw AtomicFile.failure("read", path)
        }
        do {
            return try parse(bytes)
        } catch let reason as DumpDocument.Unreadable {
            let aside = try DiskDumpFiles.keepAside(path, as: "invalid")
            logger.critical("file cannot be read", metadata: ["file": "\(path)", "reason": "\(reason)"])
            if isBegunAnew {
                guard unlink(path) == 0 else { throw AtomicFile.failure("set aside", path) }
                return nil
            }
            throw VC3Error(
                .unavailable,
                "'\(path)' cannot be read: \(reason). It is kept as '\(aside)' too; put a whole one in its place, or"
                    + " choose to set it aside and go on without it", cause: reason)
        }
    }

    private func leftAside() throws -> String? {
        let name = (files.dump as NSString).lastPathComponent
        let folder = (files.dump as NSString).deletingLastPathComponent
        return try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder).sorted()
            .first { $0.hasPrefix(name + ".invalid.") }
    }
}
