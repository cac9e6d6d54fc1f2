import Dispatch
import Foundation
import VC3Model

/// Names one Factory for ever: the folders of its pilots at every site carry it.
enum FactoryIdentity {
    /// Reads the id in `folder`, or keeps one there at the first start. Call it with the ledger open: that is the lock.
    ///
    /// - Parameter elsewhere: The factories that pilot sets name. When the folder was lost it is the one: only under its
    ///   own name it finds its pilots again.
    static func kept(in folder: String, elsewhere: () async throws -> Set<String>) async throws -> String {
        let path = folder + "/id"
        let known = FileManager.default.fileExists(atPath: path) ? [] : try await elsewhere()
        let fresh = known.count == 1 ? known.first { EntityName.problem(with: $0) == nil } : nil
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try readOrMake(path, fresh) }) }
        }
    }

    private static func readOrMake(_ path: String, _ known: String?) throws -> String {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if EntityName.problem(with: id) == nil { return id }
            throw FactoryConfigurationError("'\(path)' does not hold a factory id; restore it from a backup")
        }
        let id = known ?? String(PilotID.random().rawValue.prefix(12))
        let unfinished = path + ".new"
        unlink(unfinished)
        let file = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("create", unfinished) }
        defer { close(file) }
        let bytes = Array((id + "\n").utf8)
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            throw failure("write", unfinished)
        }
        guard rename(unfinished, path) == 0 else { throw failure("rename", unfinished) }
        return id
    }

    private static func failure(_ action: String, _ path: String) -> FactoryConfigurationError {
        FactoryConfigurationError("cannot \(action) '\(path)': \(String(cString: strerror(errno)))")
    }
}
