import Crypto
import Dispatch
import Foundation

/// The archive that workers unpack, named by its content so that a site gets each version once.
struct WorkerBundle: Sendable, Equatable {
    let path: String
    let sha256: String

    var name: String { sha256 + ".tar.gz" }

    /// Reads the whole file, away from the caller's thread.
    static func opened(_ path: String) async throws -> WorkerBundle {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try WorkerBundle(path: path, sha256: digest(path)) })
            }
        }
    }

    private static func digest(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw FactoryConfigurationError("cannot read the worker bundle '\(path)'; build it or name another one")
        }
        defer { try? file.close() }
        var hash = SHA256()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
