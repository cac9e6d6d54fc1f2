import Foundation
import VC3Model

extension SealingKey {
    /// Reads the key file, or makes it with a new key when `creating` is set and there is none.
    ///
    /// The file is made with mode 0600 and is whole or absent at every moment. Waits for the disk on a thread of its own.
    ///
    /// - Throws: ``VC3Error`` `unavailable` when the file cannot be read, can be read by others, or is missing.
    public static func file(_ path: String, creating: Bool) async throws -> SealingKey {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try waiting(path, creating: creating) })
            }
        }
    }

    /// Takes a step of changing the key, in the file. Two processes that do so come one after the other.
    ///
    /// - Returns: The keys as the file has them now.
    /// - Throws: ``VC3Error`` `conflict` when the step does not come next, `unavailable` when the file cannot be
    ///   changed; then it is as it was.
    public static func change(_ path: String, by step: RotationStep) async throws -> SealingKey {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let lock = try FileLock(path: path + ".lock")
                        defer { lock.release() }
                        let changed = try waiting(path, creating: false).taking(step)
                        try write(changed, to: path)
                        return changed
                    })
            }
        }
    }

    private static func waiting(_ path: String, creating: Bool) throws -> SealingKey {
        var status = stat()
        if stat(path, &status) != 0 {
            guard errno == ENOENT, creating else {
                throw VC3Error(
                    .unavailable,
                    "cannot read sealing key file '\(path)': \(String(cString: strerror(errno)));"
                        + " without it the store's secrets are lost: restore it from a backup")
            }
            try write(SealingKey(), to: path)
            guard stat(path, &status) == 0 else { throw failure("read", path) }
        }
        guard status.st_mode & 0o077 == 0 else {
            throw VC3Error(.unavailable, "sealing key file '\(path)' is open to others; chmod 600 it")
        }
        guard let bytes = FileManager.default.contents(atPath: path) else { throw failure("read", path) }
        return try SealingKey(text: String(decoding: bytes, as: UTF8.self))
    }

    private static func write(_ key: SealingKey, to path: String) throws {
        let unfinished = path + ".unfinished"
        // What a crash left of an earlier attempt was never used.
        unlink(unfinished)
        let file = Foundation.open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("create", unfinished) }
        let bytes = Array(key.text.utf8)
        let isWritten = Foundation.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        Foundation.close(file)
        guard isWritten, rename(unfinished, path) == 0 else { throw failure("write", path) }
        let folder = Foundation.open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            Foundation.close(folder)
        }
    }

    private static func failure(_ action: String, _ path: String) -> VC3Error {
        VC3Error(.unavailable, "cannot \(action) sealing key file '\(path)': \(String(cString: strerror(errno)))")
    }
}
