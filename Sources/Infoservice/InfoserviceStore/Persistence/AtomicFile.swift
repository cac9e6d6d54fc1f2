import Foundation
import VC3Model

/// Files, mode 0600, that are whole or absent at every moment, and there for good once written.
enum AtomicFile {
    /// - Throws: ``VC3Error`` `exists` when there is one already.
    static func create(_ path: String, _ bytes: Data) throws {
        let unfinished = try writeUnfinished(path, bytes)
        // Unlike rename(2), link(2) does not replace.
        guard link(unfinished, path) == 0 else {
            let isTaken = errno == EEXIST
            let reason = String(cString: strerror(errno))
            unlink(unfinished)
            throw isTaken
                ? VC3Error(.exists, "'\(path)' is there already; choose another name")
                : VC3Error(.unavailable, "cannot write '\(path)': \(reason)")
        }
        unlink(unfinished)
        try syncFolder(of: path)
    }

    static func replace(_ path: String, _ bytes: Data) throws {
        let unfinished = try writeUnfinished(path, bytes)
        guard rename(unfinished, path) == 0 else {
            let failure = failure("replace", path)
            unlink(unfinished)
            throw failure
        }
        try syncFolder(of: path)
    }

    static func syncFolder(of path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the folder of", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("flush the folder of", path) }
    }

    static func failure(_ action: String, _ path: String) -> VC3Error {
        VC3Error(.unavailable, "cannot \(action) '\(path)': \(String(cString: strerror(errno)))")
    }

    /// Flushed, under a name that nobody reads.
    private static func writeUnfinished(_ path: String, _ bytes: Data) throws -> String {
        let unfinished = path + ".unfinished"
        // What a crash left of an earlier attempt was never used.
        unlink(unfinished)
        let file = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("create", unfinished) }
        defer { close(file) }
        do {
            try append(bytes, to: file, path)
        } catch {
            unlink(unfinished)
            throw error
        }
        return unfinished
    }

    /// Writes all and flushes it.
    static func append(_ bytes: Data, to file: Int32, _ path: String) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = write(file, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("write", path) }
                done += count
            }
        }
        guard fsync(file) == 0 else { throw failure("flush", path) }
    }
}
