import Credible
import Foundation
import VC3Certificates

/// The Master's own copy of the key pairs that it made for allocations, in Credible's SSH store; the pairs that are to
/// replace them are in a store beside it.
struct AllocationKeys: Sendable {
    /// A folder for each allocation; read by people and by the garbage collector.
    let folder: String
    private let nextFolder: String
    private let store: SSHKeyStore
    private let nextStore: SSHKeyStore

    struct Pair: Sendable {
        /// The private key as OpenSSH writes it.
        var privateKey: [UInt8]
        /// The line for `authorized_keys`.
        var publicLine: String
    }

    init(stateFolder: String) throws {
        store = try SSHKeyStore(vardir: stateFolder, name: "allocations")
        nextStore = try SSHKeyStore(vardir: stateFolder, name: "allocations-next")
        folder = "\(stateFolder)/ssh/allocations"
        nextFolder = "\(stateFolder)/ssh/allocations-next"
    }

    /// The allocation's pair, made now if there is none. The same one is returned ever after.
    ///
    /// - Parameter kind: The kind of a new pair.
    func pair(of allocation: String, kind: KeyKind = .ed25519) async throws -> Pair {
        try await WaitingThread.run { [store] in try Self.pair(in: store, allocation, kind) }
    }

    /// Makes the pair that is to replace the allocation's. One that was made before, and went nowhere, is destroyed.
    func makeNext(of allocation: String, kind: KeyKind) async throws -> Pair {
        try await WaitingThread.run { [nextStore, nextFolder] in
            try Self.remove(allocation, from: nextFolder)
            return try Self.pair(in: nextStore, allocation, kind)
        }
    }

    /// The pair that is to replace the allocation's; `nil` when there is none.
    func next(of allocation: String) async throws -> Pair? {
        try await WaitingThread.run { [nextStore, nextFolder] in
            guard FileManager.default.fileExists(atPath: "\(nextFolder)/\(allocation)/\(allocation)") else {
                return nil
            }
            return try Self.pair(in: nextStore, allocation, .ed25519)
        }
    }

    /// Puts `pair` in the place of the allocation's, whose private key is gone then.
    func promote(_ pair: Pair, of allocation: String) async throws {
        try await WaitingThread.run { [store] in
            try store.replaceKeys(of: allocation, with: String(decoding: pair.privateKey, as: UTF8.self))
        }
    }

    /// Forgets the pair that was to replace the allocation's; repeating it does no harm.
    func removeNext(of allocation: String) async throws {
        try await WaitingThread.run { [nextFolder] in try Self.remove(allocation, from: nextFolder) }
    }

    /// Deletes all pairs of the allocation; repeating it does no harm.
    func remove(_ allocation: String) async throws {
        try await WaitingThread.run { [folder, nextFolder] in
            for place in [nextFolder, folder] { try Self.remove(allocation, from: place) }
        }
    }

    /// The allocations that have a pair here.
    func names() async throws -> [String] {
        try await WaitingThread.run { [folder, nextFolder] in
            let found = try [folder, nextFolder].filter { FileManager.default.fileExists(atPath: $0) }.flatMap {
                try FileManager.default.contentsOfDirectory(atPath: $0)
            }
            return Set(found.filter { !$0.hasPrefix(".") }).sorted()
        }
    }

    private static func pair(in store: SSHKeyStore, _ allocation: String, _ kind: KeyKind) throws -> Pair {
        let keys = try store.keys(for: allocation, kind: kind)
        return Pair(
            privateKey: Array(keys.privateText.utf8),
            publicLine: keys.publicLine.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func remove(_ allocation: String, from folder: String) throws {
        let place = "\(folder)/\(allocation)"
        guard FileManager.default.fileExists(atPath: place) else { return }
        try FileManager.default.removeItem(atPath: place)
    }
}
