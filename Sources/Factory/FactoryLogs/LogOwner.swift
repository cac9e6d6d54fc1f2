import Foundation

/// To whom the pilots of a folder belong: a hidden file in it, which is there before the first log.
enum LogOwner {
    static let file = ".owner"

    /// - Parameter folder: A path.
    static func isKnown(of folder: String) -> Bool { access("\(folder)/\(file)", F_OK) == 0 }

    /// - Parameter folder: A descriptor.
    static func read(in folder: Int32) -> String? {
        let file = openat(folder, Self.file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = Foundation.read(file, &buffer, buffer.count)
        guard count > 0, let text = String(validating: buffer.prefix(count), as: UTF8.self), text.hasSuffix("\n") else {
            return nil
        }
        return String(text.dropLast())
    }
}
