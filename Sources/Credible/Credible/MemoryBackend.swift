import Foundation
import Synchronization
import VC3Certificates

/// Texts by path, in this process alone.
final class MemoryBackend: StorageBackend {
    private let texts = Mutex<[String: String]>([:])
    private let turn = NSLock()

    func exclusively<Result>(in base: String, _ body: () throws -> Result) throws -> Result {
        try turn.withLock { try body() }
    }

    func text(at path: String) throws -> String? {
        texts.withLock { $0[path] }
    }

    func secret(at path: String, warning: (String) -> Void) throws -> String? {
        try text(at: path)
    }

    func commit(_ change: StorageChange, in base: String) throws {
        try texts.withLock { texts in
            for file in change.files where !file.replacing && texts[file.path] != nil {
                throw CredentialError(.exists, "there is a '\(file.path)' already")
            }
            if let log = change.log { texts[log.path, default: ""] += log.lines }
            for file in change.files {
                texts[file.path] = file.content
                if let alias = file.alias { texts[alias] = file.content }
            }
        }
    }

    func remove(_ path: String) throws {
        texts.withLock { $0[path] = nil }
    }
}
