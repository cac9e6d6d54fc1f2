import Foundation

/// Writes files that are whole or absent, with their final permissions from the first byte on.
///
/// The calls wait for the disk (`fsync(2)`): make them from a thread that may wait.
public enum SecretFile {
    /// Writes `bytes` to `path`, so that a reader or a crash at any moment sees the old file, no file, or the new one.
    ///
    /// The content is first written to a hidden file beside the target, created with `mode` and `O_EXCL`, and flushed;
    /// then it gets its name, and the directory is flushed.
    ///
    /// - Parameters:
    ///   - mode: The permission bits of the file, whatever the process's umask is.
    ///   - replacing: With `false`, an existing file stays as it is, even when it appears at the last moment.
    /// - Throws: ``CredentialError`` `exists`, or `system` with the number of the failed call.
    public static func write(
        _ bytes: some Collection<UInt8>, to path: String, mode: UInt16 = 0o400, replacing: Bool
    ) throws {
        let directory = (path as NSString).deletingLastPathComponent
        let parent = directory.isEmpty ? "." : directory
        let unfinished =
            parent + "/" + unfinishedPrefix + (path as NSString).lastPathComponent + "."
            + String(UInt64.random(in: .min ... .max), radix: 16)
        let file = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
        guard file >= 0 else { throw failure("create a file in", parent) }
        do {
            defer { close(file) }
            guard fchmod(file, mode_t(mode)) == 0 else { throw failure("set the mode of", path) }
            try write(Array(bytes), into: file, path: path)
            guard fsync(file) == 0 else { throw failure("flush", path) }
        } catch {
            unlink(unfinished)
            throw error
        }
        try name(unfinished, as: path, replacing: replacing)
        try flushDirectory(parent)
    }

    /// Writes UTF-8 text; otherwise as ``write(_:to:mode:replacing:)-(Collection<UInt8>,_,_,_)``.
    public static func write(_ text: String, to path: String, mode: UInt16 = 0o400, replacing: Bool) throws {
        try write(Array(text.utf8), to: path, mode: mode, replacing: replacing)
    }

    /// Makes a directory and those above it that are missing, all with `mode`, and flushes each into its parent.
    ///
    /// A directory that exists keeps its permissions.
    public static func makeDirectory(_ path: String, mode: UInt16 = 0o700) throws {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
            guard isDirectory.boolValue else {
                throw CredentialError(.system(ENOTDIR), "'\(path)' is in the way: it is not a directory")
            }
            return
        }
        let parent = (path as NSString).deletingLastPathComponent
        if !parent.isEmpty, parent != path { try makeDirectory(parent, mode: mode) }
        // Another process may make the same directory at the same time; both are content with the result.
        guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw failure("create directory", path) }
        try flushDirectory(parent.isEmpty ? "." : parent)
    }

    /// Removes what interrupted calls of ``write(_:to:mode:replacing:)-(Collection<UInt8>,_,_,_)`` left in a directory.
    ///
    /// The caller makes sure that nobody is writing there.
    public static func removeUnfinished(in directory: String) throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return }
        for name in names where name.hasPrefix(unfinishedPrefix) {
            guard unlink(directory + "/" + name) == 0 || errno == ENOENT else {
                throw failure("remove", directory + "/" + name)
            }
        }
    }

    private static let unfinishedPrefix = ".unfinished."

    static func write(_ bytes: [UInt8], into file: Int32, path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write", path)
            }
            rest = rest.dropFirst(count)
        }
    }

    private static func name(_ unfinished: String, as path: String, replacing: Bool) throws {
        if replacing {
            guard rename(unfinished, path) == 0 else {
                let error = failure("write", path)
                unlink(unfinished)
                throw error
            }
            return
        }
        // link(2) refuses to replace, which rename(2) cannot be told to do portably.
        let linked = link(unfinished, path)
        let error = linked == 0 ? nil : failure("write", path)
        unlink(unfinished)
        if let error { throw error }
    }

    static func flushDirectory(_ path: String) throws {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("open directory", path) }
        defer { close(directory) }
        // Some network file systems refuse to flush directories (EINVAL); they order names by themselves.
        guard fsync(directory) == 0 || errno == EINVAL else { throw failure("flush directory", path) }
    }

    static func failure(_ action: String, _ path: String) -> CredentialError {
        let number = errno
        let reason = String(cString: strerror(number))
        return CredentialError(
            number == EEXIST ? .exists : .system(number), "cannot \(action) '\(path)': \(reason)")
    }
}
