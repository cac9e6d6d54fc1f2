import ArgumentParser
import Foundation

/// What the command says beside its result.
struct Remarks {
    /// A file, `stdout`, `stderr`, or `nil` for the last.
    let place: String?
    let isTalkative: Bool
    let isQuiet: Bool

    func detail(_ text: String) { if isTalkative { write("info: \(text)") } }
    func warning(_ text: String) { if !isQuiet { write(text) } }

    /// Says it, and is the error that ends the program with this code.
    func failure(_ text: String, code: Int32) -> any Error {
        write("error: \(text)")
        return ExitCode(code)
    }

    private func write(_ text: String) {
        let line = Data("vc3-infoclient: \(text)\n".utf8)
        switch place {
        case nil, "stderr": FileHandle.standardError.write(line)
        case "stdout": FileHandle.standardOutput.write(line)
        case let path?:
            let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
            guard file >= 0 else { return FileHandle.standardError.write(line) }
            FileHandle(fileDescriptor: file, closeOnDealloc: true).write(line)
        }
    }
}
