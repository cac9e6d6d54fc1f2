import Factory
import Foundation

/// Programs that pilots bring along, each read once.
struct ProgramFiles {
    private var known: [String: QueueProgram] = [:]

    /// - Parameters:
    ///   - reader: Who the factory runs as.
    ///   - elsewhere: The line that says that a program is at the site.
    /// - Throws: ``QueueProblem``.
    mutating func program(at path: String, reader: String, elsewhere: String) throws(QueueProblem) -> QueueProgram {
        if let program = known[path] { return program }
        func problem(_ cause: String) -> QueueProblem {
            QueueProblem(
                "executable",
                "= '\(path)' is not allowed: \(cause); give a file of at most \(QueueProgram.longest) bytes that"
                    + " \(reader) may read, which pilots bring along, or say \(elsewhere) for one that is at the site")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw problem("it cannot be read") }
        guard data.count <= QueueProgram.longest else { throw problem("it has \(data.count) bytes") }
        let program = QueueProgram([UInt8](data))
        known[path] = program
        return program
    }
}
