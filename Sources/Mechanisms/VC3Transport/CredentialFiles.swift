import Dispatch
public import Foundation
public import VC3Certificates
import VC3Model

/// The files that say who this server is, whom it trusts, and whose certificates were taken back.
public struct CredentialFiles: Sendable, Equatable {
    public var certificate: String
    public var key: String
    public var chain: String
    /// `nil`: no certificate counts as taken back.
    public var revocations: String?

    public init(certificate: String, key: String, chain: String, revocations: String?) {
        self.certificate = certificate
        self.key = key
        self.chain = chain
        self.revocations = revocations
    }

    /// Reads all of them, on a thread of its own.
    ///
    /// - Throws: ``VC3Error`` `invalid` naming the file that is missing, broken or out of date, and what to do.
    public func load(at now: Date = Date()) async throws -> (TLSCredentials, RevocationLists) {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try read(at: now) }) }
        }
    }

    private func read(at now: Date) throws -> (TLSCredentials, RevocationLists) {
        let credentials = try TLSCredentials(certificateFile: certificate, keyFile: key, trustedFile: chain)
        let expiry = try credentials.expiry()
        guard expiry > now else {
            throw VC3Error(
                .invalid,
                "the certificate in '\(certificate)' ran out at \(Timestamp(expiry)); get a new one from credible")
        }
        guard let revocations else { return (credentials, RevocationLists()) }
        return (credentials, try credentials.revocationLists(inFile: revocations))
    }

    /// Changes when one of the files does.
    public var stamps: [FileStamp] {
        ([certificate, key, chain] + [revocations].compactMap(\.self)).map { FileStamp($0) }
    }
}
