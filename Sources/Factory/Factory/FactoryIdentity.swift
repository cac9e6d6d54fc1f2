import Dispatch
import Foundation
import VC3Model

/// Names one Factory for ever, in its leases and in the status of what it keeps: the name that comes back with the state
/// folder has its sites again at once.
enum FactoryIdentity {
    /// Reads the id in `folder`, or keeps one there at the first start. Call it with the ledger open: that is the lock.
    ///
    /// - Returns: The id, and whether it was there before.
    static func kept(in folder: String) async throws -> (id: String, isOld: Bool) {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try readOrMake(folder + "/id") }) }
        }
    }

    private static func readOrMake(_ path: String) throws -> (id: String, isOld: Bool) {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if EntityName.problem(with: id) == nil { return (id, true) }
            throw FactoryConfigurationError("'\(path)' does not hold a factory id; restore it from a backup")
        }
        let id = String(PilotID.random().rawValue.prefix(12))
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
        return (id, false)
    }

    private static func failure(_ action: String, _ path: String) -> FactoryConfigurationError {
        FactoryConfigurationError("cannot \(action) '\(path)': \(String(cString: strerror(errno)))")
    }
}
