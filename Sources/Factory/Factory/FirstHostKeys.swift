import Dispatch
import Foundation
import Logging
import VC3Commands

/// Keys that hosts of queues of files showed first, where the queue's section gives none: a file for each host in a folder of the
/// Factory's. What was kept once is never replaced by what a host shows later.
struct FirstHostKeys: Sendable {
    let folder: String
    let logger: Logger
    var runner: any CommandRunner = LocalRunner()

    func file(of host: String, port: Int) -> String {
        let plain = host.map { $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) ? $0 : "_" }
        return "\(folder)/\(String(plain)):\(port)"
    }

    /// The key that is kept, or the one that the host shows now, which is kept from here on.
    func key(of host: String, port: Int) async throws(CommandError) -> PinnedHostKey {
        let file = file(of: host, port: port)
        if let key = await Self.read(file) { return key }
        let shown = try await SSHSession.readHostKey(of: host, port: port, by: runner)
        if let trouble = await Self.keep(shown, in: file, of: folder) {
            throw CommandError(.localFailure, "the host key of \(host) cannot be kept: \(trouble)")
        }
        // Another site at the same host may have been faster.
        guard let kept = await Self.read(file) else {
            throw CommandError(.localFailure, "'\(file)' holds no host key; remove it, or write the host's key into it")
        }
        let fingerprint = (try? await kept.fingerprint(by: runner)) ?? kept.line
        logger.notice(
            "keeps the first key that a host has shown", metadata: ["host": "\(host)", "key": "\(fingerprint)"])
        return kept
    }

    private static func read(_ file: String) async -> PinnedHostKey? {
        await onDisk { (try? String(contentsOfFile: file, encoding: .utf8)).flatMap { PinnedHostKey(line: $0) } }
    }

    /// Writes the file whole, unless there is one.
    ///
    /// - Returns: Why that failed; `nil` when there is a file now.
    private static func keep(_ key: PinnedHostKey, in file: String, of folder: String) async -> String? {
        await onDisk {
            if mkdir(folder, 0o700) != 0, errno != EEXIST { return failure("create", folder) }
            let unfinished = "\(file).\(UUID().uuidString)"
            let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return failure("create", unfinished) }
            defer {
                close(descriptor)
                unlink(unfinished)
            }
            let bytes = Array((key.line + "\n").utf8)
            guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
                return failure("write", unfinished)
            }
            if link(unfinished, file) != 0, errno != EEXIST { return failure("create", file) }
            return nil
        }
    }

    private static func failure(_ action: String, _ path: String) -> String {
        "cannot \(action) '\(path)': \(String(cString: strerror(errno)))"
    }

    private static func onDisk<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: work()) }
        }
    }
}
