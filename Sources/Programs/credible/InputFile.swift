import Foundation

/// Reads what a command is given: a file, or standard input for `-`.
enum InputFile {
    /// More than any certificate, key or list of names.
    private static let limit = 64 << 20

    static func text(of path: String) throws -> String {
        let data = try data(of: path)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure("'\(path)' is not text")
        }
        return text
    }

    static func data(of path: String) throws -> Data {
        let file = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw Failure("cannot read '\(path)': \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            return try handle.read(upToCount: limit) ?? Data()
        } catch {
            throw Failure("cannot read '\(path)': it is no file with content")
        }
    }
}
