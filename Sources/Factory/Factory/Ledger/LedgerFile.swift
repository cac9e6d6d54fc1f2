import Foundation

/// The ledger's file and its calls that wait for the disk. Confined to the ``Journal``'s queue.
struct LedgerFile: ~Copyable {
    private let folder: String
    private let lock: Int32
    private var file: Int32
    /// Everything before this offset is whole and on disk.
    private(set) var length: Int64
    /// The bytes of an unfinished last line that opening cut off.
    let tornBytes: Int
    private var isPoisoned = false

    private static func path(_ folder: String) -> String { folder + "/journal" }

    /// Takes the lock, waiting up to a second: a child that the last holder had just forked may keep it until it execs.
    private static func hold(_ lock: Int32) -> Bool {
        for _ in 0..<50 {
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { return true }
            poll(nil, 0, 20)
        }
        return flock(lock, LOCK_EX | LOCK_NB) == 0
    }

    /// Opens or creates the ledger in `folder` and reads it.
    ///
    /// A last line that a crash left unfinished is cut off: it was never acknowledged, so nobody acted on it.
    /// - Parameter onEntry: Gets every entry, in order.
    init(folder: String, onEntry: (LedgerEntry) -> Void) throws(LedgerError) {
        try Self.makeFolder(folder)
        let lock = Foundation.open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Self.failure("open", folder + "/lock") }
        guard Self.hold(lock) else {
            close(lock)
            throw LedgerError(
                .inUse, "another factory uses the ledger in '\(folder)'; stop it or use another state folder")
        }
        let path = Self.path(folder)
        unlink(path + ".new")
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        do throws(LedgerError) {
            guard file >= 0 else { throw Self.failure("open", path) }
            let (entries, whole, torn) = try Self.parse(try Self.contents(of: path), path: path)
            guard torn == 0 || (ftruncate(file, off_t(whole)) == 0 && fsync(file) == 0) else {
                throw Self.failure("cut", path)
            }
            try Self.flushFolder(folder)
            for entry in entries { onEntry(entry) }
            self.folder = folder
            self.lock = lock
            self.file = file
            length = Int64(whole)
            tornBytes = torn
        } catch {
            close(file)
            close(lock)
            throw error
        }
    }

    deinit {
        close(file)
        close(lock)
    }

    /// Appends and flushes. After a throw nothing was appended, unless it says that the ledger is poisoned.
    mutating func append(_ lines: [UInt8]) throws(LedgerError) {
        guard !isPoisoned else { throw Self.poisoned(folder) }
        do throws(LedgerError) {
            try Self.write(lines, to: file, path: Self.path(folder))
        } catch {
            isPoisoned = ftruncate(file, off_t(length)) != 0
            throw error
        }
        guard fsync(file) == 0 else {
            // After a failed flush the kernel may drop the pages and report success the next time (fsync(2), NOTES).
            isPoisoned = true
            throw Self.failure("flush", Self.path(folder))
        }
        length += Int64(lines.count)
    }

    /// Replaces everything by the lines that `content` writes; a crash leaves the old or the new ledger.
    mutating func replace(by content: (_ write: ([UInt8]) throws -> Void) throws -> Void) throws {
        guard !isPoisoned else { throw Self.poisoned(folder) }
        let fresh = Self.path(folder) + ".new"
        let next = Foundation.open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard next >= 0 else { throw Self.failure("create", fresh) }
        var count: Int64 = 0
        do {
            try content { lines in
                try Self.write(lines, to: next, path: fresh)
                count += Int64(lines.count)
            }
            guard fsync(next) == 0 else { throw Self.failure("flush", fresh) }
            guard rename(fresh, Self.path(folder)) == 0 else { throw Self.failure("rename", fresh) }
        } catch {
            close(next)
            unlink(fresh)
            throw error
        }
        close(file)
        file = next
        length = count
        do throws(LedgerError) { try Self.flushFolder(folder) } catch {
            isPoisoned = true
            throw error
        }
    }

    /// The entries in `data`, the length of its whole lines, and the number of bytes after them.
    static func parse(
        _ data: Data, path: String
    ) throws(LedgerError) -> (entries: [LedgerEntry], whole: Int, torn: Int) {
        var entries: [LedgerEntry] = []
        var start = data.startIndex
        var number = 0
        while start < data.endIndex {
            number += 1
            let end = data[start...].firstIndex(of: UInt8(ascii: "\n"))
            guard let end, let entry = LedgerLine.decoded(data[start..<end]) else {
                let isLast = end == nil || end == data.endIndex - 1
                guard isLast else {
                    throw LedgerError(
                        .damaged,
                        "line \(number) of '\(path)' is damaged; restore the file from a backup, or end all "
                            + "pilots of this factory by hand and move the file away")
                }
                return (entries, start - data.startIndex, data.endIndex - start)
            }
            entries.append(entry)
            start = end + 1
        }
        return (entries, data.count, 0)
    }

    private static func contents(of path: String) throws(LedgerError) -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw failure("read", path) }
    }

    private static func makeFolder(_ folder: String) throws(LedgerError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw LedgerError(.system(EACCES), "cannot create '\(folder)': \(error.localizedDescription)")
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32, path: String) throws(LedgerError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write", path)
            }
            rest = rest.dropFirst(count)
        }
    }

    private static func flushFolder(_ folder: String) throws(LedgerError) {
        let descriptor = Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("flush", folder) }
    }

    private static func failure(_ action: String, _ path: String) -> LedgerError {
        let number = errno
        return LedgerError(.system(number), "cannot \(action) '\(path)': \(String(cString: strerror(number)))")
    }

    private static func poisoned(_ folder: String) -> LedgerError {
        LedgerError(
            .poisoned, "the ledger in '\(folder)' could not be flushed; mend the disk and start the factory again")
    }
}
