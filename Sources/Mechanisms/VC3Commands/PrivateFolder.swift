import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A folder only this user can look into, for the files ssh(1) wants as files.
struct PrivateFolder: Sendable {
    let path: String

    /// Makes the folder (and those above it), 0700, or checks that it is this user's own and closes it to others.
    init(creating path: String) throws(CommandError) {
        self.path = path
        var position = path.startIndex
        repeat {
            position = path[path.index(after: position)...].firstIndex(of: "/") ?? path.endIndex
            let above = String(path[..<position])
            if mkdir(above, 0o700) != 0, errno != EEXIST { throw Self.failure("create the folder", above) }
        } while position != path.endIndex
        var status = stat()
        guard lstat(path, &status) == 0 else { throw Self.failure("look at", path) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw CommandError(.localFailure, "\(path) is not a folder of this user; remove it or name another one")
        }
        if status.st_mode & 0o077 != 0, chmod(path, 0o700) != 0 { throw Self.failure("close to others", path) }
    }

    /// A new folder with a short name, for sockets: a socket's path may be 107 bytes long at most (unix(7)).
    static func short() throws(CommandError) -> PrivateFolder {
        var template = Array("/tmp/vc3-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw failure("create a folder in", "/tmp") }
        return try PrivateFolder(
            creating: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The file's content; `nil` if there is none to be had.
    func read(_ name: String) -> [UInt8]? {
        guard let descriptor = try? FileDescriptor.open(file(name), .readOnly, options: [.noFollow]) else { return nil }
        return try? descriptor.closeAfter {
            var content: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 16384)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { return content }
                content += buffer[..<count]
            }
        }
    }

    /// Replaces the file at once and as a whole; it is 0600 from its birth.
    func write(_ content: [UInt8], to name: String) throws(CommandError) {
        let new = file(name + ".new")
        do {
            unlink(new)
            let descriptor = try FileDescriptor.open(
                new, .writeOnly, options: [.create, .exclusiveCreate, .noFollow], permissions: [.ownerReadWrite])
            try descriptor.closeAfter { _ = try descriptor.writeAll(content) }
        } catch {
            throw CommandError(
                .localFailure, "cannot write \(new): \(error); mend the disk or name another state folder")
        }
        guard rename(new, file(name)) == 0 else { throw Self.failure("replace", file(name)) }
    }

    /// The names of the files whose name begins so.
    func names(beginningWith prefix: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name.hasPrefix(prefix) { names.append(name) }
        }
        return names.sorted()
    }

    /// Lets this user run the file.
    func makeExecutable(_ name: String) throws(CommandError) {
        guard chmod(file(name), 0o700) == 0 else { throw Self.failure("make a program of", file(name)) }
    }

    func remove(_ name: String) {
        unlink(file(name))
    }

    /// Removes the folder if it is empty.
    func removeIfEmpty() {
        rmdir(path)
    }

    private static func failure(_ verb: String, _ path: String) -> CommandError {
        CommandError(.localFailure, "cannot \(verb) \(path): \(Errno(rawValue: errno)); name another state folder")
    }
}
