import Foundation
import VC3Model

/// Keeps a second process away from files, for as long as this value's descriptor is open.
///
/// `flock(2)`: the kernel lets go when the process ends, however it ends, so there is no stale lock to clear.
struct FileLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``VC3Error`` `unavailable` when another process holds the lock.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw VC3Error(.unavailable, "cannot open lock file '\(path)': \(String(cString: strerror(errno)))")
        }
        // A child that the last holder had just forked may keep the lock until it execs.
        var patience = 50
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK, patience > 0 {
            poll(nil, 0, 20)
            patience -= 1
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let reason = isTaken ? "another process uses this store; stop it first" : String(cString: strerror(errno))
            close(descriptor)
            throw VC3Error(.unavailable, "cannot lock '\(path)': \(reason)")
        }
    }

    func release() { close(descriptor) }
}
