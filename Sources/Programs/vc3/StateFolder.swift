import Foundation
import VC3Certificates
import VC3Daemon

#if canImport(Glibc)
    import Glibc
#endif

/// Where `vc3 up` keeps everything: one folder, mode 0700, used by one process at a time.
struct StateFolder {
    let path: String
    private let lock: CInt

    var authority: String { path + "/ca" }
    var certificates: String { path + "/certificates" }
    var database: String { path + "/infoservice/store.sqlite" }
    var sealingKey: String { path + "/infoservice/sealing.key" }
    var clientConfiguration: String { path + "/vc3-client.conf" }

    /// Opens the folder, making it if need be, and locks it until the process ends.
    ///
    /// - Throws: `ValidationError`-like text when another `vc3 up` uses it or it cannot be made.
    init(path: String) throws {
        self.path = path
        for folder in [path, path + "/infoservice", path + "/certificates"] {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw StartError("cannot open \(path)/lock: \(String(cString: strerror(errno)))") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw StartError(
                "another `vc3 up` uses the state folder \(path); stop it, or give this one its own with --state")
        }
    }
}
