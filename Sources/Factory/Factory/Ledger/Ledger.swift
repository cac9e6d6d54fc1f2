import Dispatch
import Foundation
import Synchronization
import VC3Model

/// Where pilots are written down before anything is done about them.
protocol PilotLedger: Sendable {
    /// Returns once the entries are on disk. After a throw none of them may be relied on.
    func append(_ entries: [LedgerEntry]) async throws
    func contents() async -> LedgerContents
    /// What the ledger knows of one pilot.
    func record(_ pilot: PilotID) async -> PilotRecord?
    /// Where something of ours may be, without a copy of all the rest.
    var sites: [SiteID: PilotSite] { get async }
}

/// The durable ledger: an append-only file, flushed once for all who wait at the same time.
///
/// Its disk calls run on a queue of their own; callers only suspend.
final class Ledger: PilotLedger {
    private struct Waiting {
        var entries: [LedgerEntry]
        var lines: [UInt8]
        var continuation: CheckedContinuation<Void, any Error>
    }
    private struct Open: ~Copyable {
        var file: LedgerFile
        var contents: LedgerContents
        var compactionLength: Int64
    }

    private let queue = DispatchQueue(label: "vc3.factory.ledger")
    private let waiting = Mutex<[Waiting]>([])
    private let open: Mutex<Open>
    private let smallestCompaction: Int64
    /// The bytes of an unfinished last line that opening cut off.
    let tornBytes: Int

    /// Blocks while it reads the file.
    ///
    /// - Parameter smallestCompaction: A file shorter than this many bytes is never rewritten.
    init(folder: String, smallestCompaction: Int64 = 1 << 20) throws(LedgerError) {
        var contents = LedgerContents()
        let file = try LedgerFile(folder: folder) { contents.apply($0) }
        tornBytes = file.tornBytes
        self.smallestCompaction = smallestCompaction
        open = Mutex(Open(file: file, contents: contents, compactionLength: smallestCompaction))
    }

    /// Opens the ledger without blocking the caller's thread.
    static func opened(folder: String) async throws -> Ledger {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Ledger(folder: folder) })
            }
        }
    }

    /// The bytes of the file.
    var length: Int64 { open.withLock { $0.file.length } }

    func contents() async -> LedgerContents { open.withLock { $0.contents } }

    var sites: [SiteID: PilotSite] {
        get async { open.withLock { $0.contents.sites } }
    }

    func record(_ pilot: PilotID) async -> PilotRecord? { open.withLock { $0.contents.pilots[pilot] } }

    func append(_ entries: [LedgerEntry]) async throws {
        if entries.isEmpty { return }
        // Here and not while all wait for the disk.
        var lines: [UInt8] = []
        for entry in entries { try LedgerLine.append(entry, to: &lines) }
        try await withCheckedThrowingContinuation { [lines] continuation in
            waiting.withLock { $0.append(Waiting(entries: entries, lines: lines, continuation: continuation)) }
            queue.async { self.flush() }
        }
    }

    private func flush() {
        let batch = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        if batch.isEmpty { return }
        let outcome = Result { try write(batch) }
        for item in batch { item.continuation.resume(with: outcome) }
    }

    private func write(_ batch: [Waiting]) throws {
        try open.withLock { open in
            try open.file.append(batch.count == 1 ? batch[0].lines : batch.flatMap(\.lines))
            for item in batch { for entry in item.entries { open.contents.apply(entry) } }
            if open.file.length >= open.compactionLength {
                // The entries are on disk already, so a rewrite that fails is no reason to fail their writers.
                do { try Self.compact(&open) } catch let error as LedgerError where error.reason != .poisoned {}
                open.compactionLength = max(smallestCompaction, open.file.length * 4)
            }
        }
    }

    /// In pieces: a ledger may be larger than all else that the Factory keeps in memory.
    private static func compact(_ open: inout Open) throws {
        let contents = open.contents
        try open.file.replace { write in
            var lines: [UInt8] = []
            try contents.forEachEntry { entry in
                try LedgerLine.append(entry, to: &lines)
                guard lines.count > 1 << 18 else { return }
                try write(lines)
                lines.removeAll(keepingCapacity: true)
            }
            try write(lines)
        }
    }
}
