public import Factory
import Foundation
import VC3Model

/// Keeps what ended pilots of requests had to say.
public struct LogWriter: Sendable {
    private let layout: LogLayout

    public init(_ layout: LogLayout) { self.layout = layout }

    /// Writes a log for each; one that is there already is replaced by the same.
    ///
    /// - Throws: ``LogWriterError`` naming what could not be written.
    public func keep(_ outputs: [PilotOutput]) async throws {
        try await onThread { [layout] in
            for output in outputs {
                let folder = try Self.folder(of: output, in: layout)
                try Self.write(Self.text(of: output), to: "\(folder)/\(output.pilot.rawValue).out")
            }
        }
    }

    /// The queue whose logs are in a folder of this name.
    static func queue(ofFolder name: String) -> String { String(name.prefix { $0 != separator }) }

    /// Between a queue and its owner, where the queue alone had another owner on that day.
    private static let separator: Character = "~"

    private static func folder(of output: PilotOutput, in layout: LogLayout) throws -> String {
        let usual = layout.folder(of: output.queue, at: output.endedAt)
        if try claim(usual, for: output.owner) { return usual }
        // The name was used by somebody else on the same day, whose logs are no business of this owner.
        let other = layout.folder(of: "\(output.queue)\(separator)\(output.owner)", at: output.endedAt)
        guard try claim(other, for: output.owner) else {
            throw LogWriterError("'\(other)' is not the folder of \(output.owner): remove it")
        }
        return other
    }

    /// Makes the folder and writes down its owner, if it is new.
    ///
    /// - Returns: Whether it is the owner's.
    private static func claim(_ folder: String, for owner: String) throws -> Bool {
        if mkdir(folder, 0o700) != 0 {
            if errno == ENOENT {
                do {
                    try FileManager.default.createDirectory(
                        atPath: (folder as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                        attributes: [.posixPermissions: 0o700])
                } catch {
                    throw LogWriterError("cannot make the folder above '\(folder)': \(error.localizedDescription)")
                }
                return try claim(folder, for: owner)
            }
            guard errno == EEXIST else { throw failure("make", folder) }
        }
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        if let known = LogOwner.read(in: descriptor) { return known == owner }
        // A folder with logs and no owner is one of a queue of files.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard names.allSatisfy({ $0.hasPrefix(".") }) else { return false }
        try write(owner + "\n", to: "\(folder)/\(LogOwner.file)")
        return true
    }

    private static func text(of output: PilotOutput) -> String {
        let facts = [
            "pilot \(output.pilot.rawValue)", output.job.map { "job \($0)" }, output.host.map { "node \($0)" },
            "ended \(output.endedAt)", output.end,
        ]
        return "# " + facts.compactMap(\.self).joined(separator: ", ") + "\n"
            + output.lines.map { $0 + "\n" }.joined()
    }

    /// Whole or not at all. It is not waited for the disk: a log that is lost with the machine's power is no loss of work.
    private static func write(_ text: String, to path: String) throws {
        let unfinished = (path as NSString).deletingLastPathComponent + "/.new-\(UInt64.random(in: .min ... .max))"
        let file = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("write", unfinished) }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                defer { unlink(unfinished) }
                throw failure("write", path)
            }
            rest = rest.dropFirst(count)
        }
        guard rename(unfinished, path) == 0 else {
            defer { unlink(unfinished) }
            throw failure("write", path)
        }
    }

    private static func failure(_ action: String, _ path: String) -> LogWriterError {
        LogWriterError("cannot \(action) '\(path)': \(String(cString: strerror(errno)))")
    }
}

/// Why a log could not be kept.
public struct LogWriterError: Error, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
