import Foundation

/// Keeps other processes, and other threads of this one, out of a directory while it is being changed.
///
/// The lock is the kernel's (`flock(2)`): it goes away with the process, however that ends.
enum FileLock {
    /// Runs `body` while holding the lock, and gives up after `patience`.
    ///
    /// - Throws: ``CredibleError`` `busy` when the lock is not free in time, `system` when the file cannot be opened.
    static func hold<Result>(
        _ path: String, patience: Duration = .seconds(120), _ body: () throws -> Result
    ) throws -> Result {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            let number = errno
            throw CredibleError(
                .system(number), "cannot open lock file '\(path)': \(String(cString: strerror(number)))")
        }
        defer { close(file) }
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                let number = errno
                throw CredibleError(.system(number), "cannot lock '\(path)': \(String(cString: strerror(number)))")
            }
            guard clock.now < deadline else {
                throw CredibleError(.busy, "another process has held '\(path)' for \(patience); see: fuser \(path)")
            }
            usleep(20_000)
        }
        return try body()
    }
}
