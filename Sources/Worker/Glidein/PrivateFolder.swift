import Glibc

/// The pilot's own folder in scratch space, for its user alone, and the few things done with files.
struct PrivateFolder {
    let path: String

    /// Makes a new folder, mode 0700 whatever the umask.
    init(in parent: String) throws(SystemError) {
        var template = Array((parent + "/vc3-glidein.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make a folder in scratch space \(parent)") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func makeFolder(_ name: String) throws(SystemError) {
        guard mkdir(path + "/" + name, 0o700) == 0 else { throw SystemError("make folder \(path)/\(name)") }
    }

    /// Writes a new file that never has another mode than this.
    func write(_ text: String, to name: String, mode: mode_t) throws(SystemError) {
        try Self.write(text, to: path + "/" + name, mode: mode)
    }

    static func write(_ text: String, to path: String, mode: mode_t) throws(SystemError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw SystemError("make \(path)") }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard written > 0 else { throw SystemError("write \(path)") }
            rest = rest.dropFirst(written)
        }
        // Through the umask, a file that programs of this user run could have lost its bits.
        guard fchmod(file, mode) == 0 else { throw SystemError("set the mode of \(path)") }
    }

    /// Readers see the old text or the new one, never half of it.
    ///
    /// - Parameter temporary: What the file is called until it is whole, on the same file system; unset: with `.new` at
    ///   its end.
    static func replace(
        _ path: String, with text: String, mode: mode_t = 0o644, through temporary: String? = nil
    ) throws(SystemError) {
        let new = temporary ?? path + ".new"
        unlink(new)
        try write(text, to: new, mode: mode)
        guard rename(new, path) == 0 else { throw SystemError("replace \(path)") }
    }

    static func text(of path: String, limit: Int) throws(SystemError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError("read \(path)") }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= limit {
            let count = read(file, &buffer, buffer.count)
            guard count >= 0 else { throw SystemError("read \(path)") }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
        throw SystemError("read \(path)", code: EFBIG)
    }

    static func names(in folder: String) throws(SystemError) -> [String] {
        guard let stream = opendir(folder) else { throw SystemError("list \(folder)") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes the folder and all in it. Links are removed, never followed; folders that a job left without
    /// permissions are opened first. What cannot be removed stays.
    func remove() { Self.remove(path) }

    private static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        chmod(path, 0o700)
        for name in (try? names(in: path)) ?? [] { remove(path + "/" + name) }
        rmdir(path)
    }
}
