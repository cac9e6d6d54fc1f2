import Credible
import Foundation

/// The Master's own copy of the key pairs that it made for allocations, in Credible's SSH store.
struct AllocationKeys: Sendable {
    /// A folder for each allocation; read by people and by the garbage collector.
    let folder: String
    private let keyStore: SSHKeyStore

    struct Pair: Sendable {
        /// The private key as OpenSSH writes it.
        var privateKey: [UInt8]
        /// The line for `authorized_keys`.
        var publicLine: String
    }

    init(stateFolder: String) throws {
        keyStore = try SSHKeyStore(vardir: stateFolder, name: Self.storeName)
        folder = "\(stateFolder)/ssh/\(Self.storeName)"
    }

    private static let storeName = "allocations"

    /// The allocation's pair, made now if there is none. The same one is returned ever after.
    func pair(of allocation: String) async throws -> Pair {
        try await WaitingThread.run { [keyStore] in
            let keys = try keyStore.keys(for: allocation)
            return Pair(
                privateKey: Array(keys.privateText.utf8),
                publicLine: keys.publicLine.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// Deletes the pair; repeating it does no harm.
    func remove(_ allocation: String) async throws {
        try await WaitingThread.run { [folder] in
            let place = "\(folder)/\(allocation)"
            guard FileManager.default.fileExists(atPath: place) else { return }
            try FileManager.default.removeItem(atPath: place)
        }
    }

    /// The allocations that have a pair here.
    func names() async throws -> [String] {
        try await WaitingThread.run { [folder] in
            guard FileManager.default.fileExists(atPath: folder) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        }
    }
}
