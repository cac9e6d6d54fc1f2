import Foundation
import VC3Certificates

/// The Master's own copy of the key pairs that it made for allocations: one file each, 0400 from birth.
struct AllocationKeys: Sendable {
    let folder: String

    struct Pair: Sendable {
        /// The private key as OpenSSH writes it.
        var privateKey: [UInt8]
        /// The line for `authorized_keys`.
        var publicLine: String
    }

    /// The allocation's pair, made now if there is none. The same one is returned ever after.
    func pair(of allocation: String, owner: String) async throws -> Pair {
        if let kept = try await kept(for: allocation) { return kept }
        try await WaitingThread.run { [folder, path = path(allocation)] in
            let comment = "vc3 \(allocation) of \(owner)"
            let key = try PrivateKey(generating: .ed25519)
            try SecretFile.makeDirectory(folder)
            // The public line first: a private file that exists is complete with it.
            try SecretFile.write(
                key.sshPublicKey(comment: comment).line + "\n", to: path + ".pub", mode: 0o644, replacing: true)
            do {
                try SecretFile.write(key.openSSHText(comment: comment), to: path, replacing: false)
            } catch let error as CredentialError where error.code == .exists {
                return
            }
        }
        guard let made = try await kept(for: allocation) else {
            throw CredentialError(.malformed, "the key just written for allocation \(allocation) cannot be read")
        }
        return made
    }

    /// The allocation's pair, if there is one.
    func kept(for allocation: String) async throws -> Pair? {
        try await WaitingThread.run { [path = path(allocation)] in
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            let privateKey = try Data(contentsOf: URL(fileURLWithPath: path))
            let line = try String(contentsOfFile: path + ".pub", encoding: .utf8)
            return Pair(
                privateKey: [UInt8](privateKey), publicLine: line.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// Deletes the pair; repeating it does no harm.
    func remove(_ allocation: String) async throws {
        try await WaitingThread.run { [path = path(allocation)] in
            for file in [path, path + ".pub"] where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
        }
    }

    /// The allocations that have a pair here.
    func names() async throws -> [String] {
        try await WaitingThread.run { [folder] in
            guard FileManager.default.fileExists(atPath: folder) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(Self.suffix) }.map { String($0.dropLast(Self.suffix.count)) }.sorted()
        }
    }

    private static let suffix = ".key"
    /// No name of an entity contains a slash or begins with a dot.
    private func path(_ allocation: String) -> String { "\(folder)/\(allocation)\(Self.suffix)" }
}
