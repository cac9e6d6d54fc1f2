import Glibc

/// Reads what is appended to a log file, line by line, through its rotation.
final class LogFollower {
    private let path: String
    private var file: Int32 = -1
    private var partial: [UInt8] = []

    init(path: String) { self.path = path }

    deinit { if file >= 0 { close(file) } }

    /// The whole lines written since the last look.
    func newLines() -> [String] {
        var lines = readOn()
        if hasRotated {
            close(file)
            file = -1
            partial = []
            lines += readOn()
        }
        return lines
    }

    private func readOn() -> [String] {
        if file < 0 { file = open(path, O_RDONLY | O_CLOEXEC) }
        guard file >= 0 else { return [] }
        var lines: [String] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return lines }
            for byte in buffer[..<count] {
                if byte == UInt8(ascii: "\n") {
                    lines.append(String(decoding: partial, as: UTF8.self))
                    partial.removeAll(keepingCapacity: true)
                } else {
                    partial.append(byte)
                }
            }
        }
    }

    private var hasRotated: Bool {
        var here = stat()
        var there = stat()
        return file >= 0 && fstat(file, &here) == 0 && stat(path, &there) == 0 && here.st_ino != there.st_ino
    }
}
