import Foundation
public import Logging
import NIOConcurrencyHelpers
import VC3Certificates
public import VC3Transport

/// Hands new certificates and revocation lists to a running server. Bad ones are refused loudly; the old ones stay.
public struct CredentialReload: Reloading {
    private let files: CredentialFiles
    private let server: MutualTLSServer
    private let logger: Logger
    private let seen: NIOLockedValueBox<[FileStamp]>

    /// - Parameter server: Uses what the files hold now.
    public init(files: CredentialFiles, server: MutualTLSServer, logger: Logger) {
        self.files = files
        self.server = server
        self.logger = logger
        seen = NIOLockedValueBox(files.stamps)
    }

    public func look(isAsked: Bool) async {
        let expired = server.closeExpired(at: Date())
        if expired > 0 { logger.info("closed connections of expired certificates", metadata: ["count": "\(expired)"]) }
        warnOfAge()
        // Taken before reading: a file that changes while it is read is read again at the next look.
        let stamps = files.stamps
        guard isAsked || stamps != seen.withLockedValue(\.self) else { return }
        seen.withLockedValue { $0 = stamps }
        do {
            let (credentials, revoked) = try await files.load()
            let closed = try server.use(credentials, revoked: revoked)
            let expiry = try credentials.expiry()
            logger.notice(
                "certificates were read again",
                metadata: [
                    "expires": "\(expiry.formatted(.iso8601))", "revoked": "\(revoked.count)",
                    "connections-closed": "\(closed)",
                ])
        } catch {
            logger.error(
                "the new certificates cannot be used; the old ones stay in use", metadata: ["reason": "\(error)"])
        }
    }

    /// In its last three days, and, when it lives for less than a month, in its last tenth: it should have been renewed.
    private static func isLate(_ certificate: CertificateDocument, at now: Date) -> Bool {
        let life = certificate.notAfter.timeIntervalSince(certificate.notBefore)
        return certificate.notAfter.timeIntervalSince(now) < min(3 * 86_400, life / 10)
    }

    private func warnOfAge() {
        let now = Date()
        if let next = server.revoked.nextUpdate, next < now {
            logger.warning(
                "the revocation list is out of date; it stays in force. Have credible write a new one",
                metadata: ["due": "\(next.formatted(.iso8601))"])
        }
        if let certificate = try? server.credentials.certificate(), Self.isLate(certificate, at: now) {
            let expiry = certificate.notAfter
            logger.warning(
                "this server's certificate runs out soon; get a new one from credible",
                metadata: ["expires": "\(expiry.formatted(.iso8601))"])
        }
    }
}
