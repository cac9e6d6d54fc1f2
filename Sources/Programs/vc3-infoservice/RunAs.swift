import Foundation

/// Gives up root for another user, for good.
struct RunAs {
    let user: String

    /// - Parameter logFile: Its folder is given to the user, so that the log can be opened and turned over.
    /// - Throws: ``StartError`` when there is no such user, or the process may not become them.
    func apply(givingAway logFile: String?) throws {
        guard let entry = getpwnam(user) else { throw StartError("--runas \(user): there is no such user") }
        let (uid, gid, home) = (entry.pointee.pw_uid, entry.pointee.pw_gid, String(cString: entry.pointee.pw_dir))
        guard geteuid() != uid else { return }
        guard geteuid() == 0 else {
            throw StartError("--runas \(user): only root can become another user; start it as root or as \(user)")
        }
        if let logFile {
            let folder = (logFile as NSString).deletingLastPathComponent
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            chown(folder, uid, gid)
        }
        guard setgid(gid) == 0, initgroups(user, gid) == 0, setuid(uid) == 0 else {
            throw StartError("--runas \(user): \(String(cString: strerror(errno)))")
        }
        setenv("HOME", home, 1)
        if chdir(home) != 0 { chdir("/") }
    }
}
