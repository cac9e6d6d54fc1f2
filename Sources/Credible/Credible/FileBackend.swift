import Foundation
import VC3Certificates

typealias StoredFile = SecretFiles.File

/// Files, with a lock that admits one process at a time.
struct FileBackend: StorageBackend {
    func exclusively<Result>(in base: String, _ body: () throws -> Result) throws -> Result {
        try SecretFile.makeDirectory(base)
        return try FileLock.hold(base + "/.lock") {
            try unfinished(in: base).removeUnfinished()
            return try body()
        }
    }

    func text(at path: String) throws -> String? {
        try StoredText.read(path)
    }

    func secret(at path: String, warning: (String) -> Void) throws -> String? {
        guard let text = try StoredText.read(path) else { return nil }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
        if mode & 0o077 != 0 {
            guard chmod(path, mode_t(mode & 0o700)) == 0 else { throw failure("take the rights of others from", path) }
            warning(
                "others could read '\(path)' (mode 0\(String(mode, radix: 8))); now only its owner can. Whoever could may have"
                    + " the key")
        }
        return text
    }

    func commit(_ change: StorageChange, in base: String) throws {
        try unfinished(in: base).write(change.files) {
            if let log = change.log { try append(log.lines, to: log.path) }
        }
    }

    func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    private func unfinished(in base: String) -> SecretFiles {
        SecretFiles(unfinishedIn: base + "/.unfinished")
    }

    /// All lines are on disk when the call returns, and none of them when it throws.
    private func append(_ lines: String, to path: String) throws {
        let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("open", path) }
        defer { close(file) }
        let end = lseek(file, 0, SEEK_END)
        // A crash may have cut the last line; the new one must not continue it.
        let bytes = Array((try endsInsideLine(file, end, path) ? "\n" + lines : lines).utf8)
        do {
            guard end >= 0, write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
                throw failure("extend", path)
            }
        } catch {
            ftruncate(file, end)
            throw error
        }
    }

    private func endsInsideLine(_ file: Int32, _ end: off_t, _ path: String) throws -> Bool {
        guard end > 0 else { return false }
        var last: UInt8 = 0
        guard pread(file, &last, 1, end - 1) == 1 else { throw failure("read", path) }
        return last != UInt8(ascii: "\n")
    }

    private func failure(_ action: String, _ path: String) -> CredibleError {
        let number = errno == 0 ? ENOSPC : errno
        return CredibleError(.system(number), "cannot \(action) '\(path)': \(String(cString: strerror(number)))")
    }
}
