import Foundation
import VC3Certificates

/// Keeps other processes from enrolling into the same folder, as long as it is held. Gone with the process, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``CredentialError`` `exists` while somebody else has it.
    init(_ folder: String) throws {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CredentialError(.system(errno), "cannot open '\(folder)': \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CredentialError(.exists, "another process is enrolling into '\(folder)'; wait for it to end")
        }
    }

    deinit { close(descriptor) }
}
