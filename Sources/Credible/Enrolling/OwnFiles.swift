import Dispatch
import Foundation
import VC3Certificates
import VC3Model
import VC3Transport

/// Files that belong to this party, read and written on threads that may wait.
enum OwnFiles {
    /// Replaces a file in one step; one that a link points to is replaced where it lies.
    ///
    /// - Parameter mode: Of a new file; one that is there keeps its own.
    static func write(_ text: String, to path: String, mode: UInt16) async throws {
        try await waiting {
            let real = Self.target(of: path)
            let present = try? FileManager.default.attributesOfItem(atPath: real)[.posixPermissions] as? NSNumber
            try SecretFile.write(text, to: real, mode: present?.uint16Value ?? mode, replacing: true)
        }
    }

    private static func target(of path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    static func waiting<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }
}

extension CredentialFiles {
    /// - Throws: ``VC3Error`` `invalid` naming the file.
    func credentials() async throws -> TLSCredentials {
        try await OwnFiles.waiting {
            try TLSCredentials(certificateFile: certificate, keyFile: key, trustedFile: chain)
        }
    }

    /// - Throws: ``VC3Error`` `invalid`, never with a part of the key.
    func privateKey() async throws -> PrivateKey {
        try await OwnFiles.waiting {
            do {
                return try PrivateKey(pem: String(contentsOfFile: key, encoding: .utf8))
            } catch {
                throw VC3Error(.invalid, "the private key '\(key)' cannot be read", cause: error)
            }
        }
    }

    func replaceCertificate(with pem: String) async throws {
        do {
            try await OwnFiles.write(pem, to: certificate, mode: 0o644)
        } catch {
            throw VC3Error(
                .unavailable, "the renewed certificate cannot be written to '\(certificate)': \(error)", cause: error)
        }
    }
}
