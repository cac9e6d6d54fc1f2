import Crypto
import Foundation
import HTCondorPool
import VC3Certificates
import VC3Model

/// The Master's own files about head nodes: a folder for each request, 0700, with its pool's signing key.
struct HeadNodeFolders: Sendable {
    let root: String

    func path(_ request: String) -> String { "\(root)/\(request)" }

    /// The pool's signing key, made now if there is none.
    func signingKey(of request: String) async throws -> PoolSigningKey {
        let folder = path(request)
        return try await WaitingThread.run {
            let file = folder + "/signing-key"
            if !FileManager.default.fileExists(atPath: file) {
                try SecretFile.makeDirectory(folder)
                do {
                    try SecretFile.write(PoolSigningKey.random().fileContents, to: file, replacing: false)
                } catch let error as CredentialError where error.code == .exists {
                    // Another start of ours was faster; its key is the key.
                }
            }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            guard let key = PoolSigningKey(fileContents: [UInt8](bytes)) else {
                throw VC3Error(.internal, "\(file) holds no signing key; remove it and end the request")
            }
            return key
        }
    }

    /// Names a key without telling it.
    static func fingerprint(_ key: PoolSigningKey) -> String {
        SHA256.hash(data: Data("vc3 fingerprint".utf8) + Data(key.fileContents)).prefix(8)
            .map { byte in
                let digits = String(byte, radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined()
    }

    func remove(_ request: String) async throws {
        let folder = path(request)
        try await WaitingThread.run {
            guard FileManager.default.fileExists(atPath: folder) else { return }
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    /// The requests that have a folder here.
    func names() async throws -> [String] {
        try await WaitingThread.run { [root] in
            guard FileManager.default.fileExists(atPath: root) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: root).filter { !$0.hasPrefix(".") }.sorted()
        }
    }
}
