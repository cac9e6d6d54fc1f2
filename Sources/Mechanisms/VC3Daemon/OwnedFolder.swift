import Foundation

/// A folder that one process of a kind uses at a time, mode 0700, for as long as the value lives.
public final class OwnedFolder: Sendable {
    private let lock: CInt

    /// Makes the folder if need be.
    ///
    /// - Parameter name: Of the part that uses it; parts with other names may share the folder.
    /// - Throws: ``StartError`` when another process uses it or it cannot be made.
    public init(_ path: String, name: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartError("cannot make the state folder \(path): \(error.localizedDescription)")
        }
        let file = "\(path)/\(name).lock"
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw StartError("cannot open \(file): \(String(cString: strerror(errno)))") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw StartError(
                "another \(name) uses the state folder \(path); stop it, or give this one its own with statedir")
        }
    }

    deinit { close(lock) }
}
