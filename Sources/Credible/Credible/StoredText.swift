import Foundation

/// Reads small files whole.
enum StoredText {
    /// - Returns: `nil` when there is no such file.
    /// - Throws: ``CredibleError`` `system` when it cannot be read, `damaged` when it is not text.
    static func read(_ path: String) throws -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let number = errno
            if number == ENOENT { return nil }
            throw CredibleError(.system(number), "cannot read '\(path)': \(String(cString: strerror(number)))")
        }
        let data = try FileHandle(fileDescriptor: file, closeOnDealloc: true).readToEnd() ?? Data()
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CredibleError(.damaged, "'\(path)' is not text")
        }
        return text
    }
}
