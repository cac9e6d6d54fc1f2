import Foundation

/// Gives up root for another user, for good: the program begins anew as that user.
///
/// Changing the running process would not do. Its first thread has ended by the time that options are read, as with every
/// program whose `main` is asynchronous, and keeps the identity that the process shows in `ps` and to the kernel.
public struct RunAs {
    private let user: String

    public init(user: String) { self.user = user }

    /// - Parameter logFile: Its folder is given to the user, so that the log can be opened and turned over.
    /// Returns only in a process that is that user already.
    ///
    /// - Throws: ``StartError`` when there is no such user, or the process may not become them.
    public func apply(givingAway logFile: String?) throws {
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
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        guard setgid(gid) == 0, initgroups(user, gid) == 0, setuid(uid) == 0 else {
            throw StartError("--runas \(user): \(String(cString: strerror(errno)))")
        }
        setenv("HOME", home, 1)
        // Root's own folder is none that others may be in, and programs that are started in such a one fail.
        if access(".", R_OK | X_OK) != 0, chdir("/") != 0 {
            throw StartError("--runas \(user): cannot go to /: \(String(cString: strerror(errno)))")
        }
        let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        // By its path, so that it keeps its name; by the link where the user may not reach that path.
        if let program { execv(program, arguments) }
        execv("/proc/self/exe", arguments)
        throw StartError("--runas \(user): cannot begin anew: \(String(cString: strerror(errno)))")
    }
}
