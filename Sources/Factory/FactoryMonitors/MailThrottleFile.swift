import Dispatch
import Foundation
import VC3Monitoring

/// Where it is kept which mails were sent: one small file, replaced as a whole.
public struct MailThrottleFile: Sendable {
    private let path: String

    /// - Parameter path: In a folder that exists.
    public init(path: String) { self.path = path }

    /// What is in the file; a new one when there is none, or when it is damaged: a mail too many is better than none.
    func load() async throws -> MailThrottle {
        try await onThread { [path] in
            guard let data = FileManager.default.contents(atPath: path) else { return MailThrottle() }
            return (try? JSONDecoder().decode(MailThrottle.self, from: data)) ?? MailThrottle()
        }
    }

    func store(_ throttle: MailThrottle) async throws {
        try await onThread { [path] in
            let data = try JSONEncoder().encode(throttle)
            let unfinished = path + ".new"
            let file = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw Self.failure("create", unfinished) }
            defer { close(file) }
            let count = data.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count == data.count, fsync(file) == 0 else { throw Self.failure("write", unfinished) }
            guard rename(unfinished, path) == 0 else { throw Self.failure("rename", unfinished) }
        }
    }

    private func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
        }
    }

    private static func failure(_ action: String, _ path: String) -> FileFailure {
        FileFailure(description: "cannot \(action) '\(path)': \(String(cString: strerror(errno)))")
    }

    private struct FileFailure: Error, CustomStringConvertible { let description: String }
}
