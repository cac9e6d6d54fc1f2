import Foundation
public import InfoserviceAPI
public import Logging
public import ServiceLifecycle
import VC3Certificates
import VC3Model
public import VC3Transport

/// Keeps a party's own certificate valid: has it issued anew for the same key at two thirds of its life, replaces the file,
/// and hands it to what runs.
///
/// The file is replaced in one step, so a crash leaves the old one or the new one, both good. Files that somebody else
/// replaced are taken over as well.
public struct CertificateRenewal: Service {
    /// Called after the files have changed; what it throws is logged, and the old certificate stays in use.
    public typealias TakeOver = @Sendable () async throws -> Void

    private let files: CredentialFiles
    private let issuer: any CertificateRenewing
    private let logger: Logger
    private let longestPause: Duration
    private let takeOver: TakeOver

    /// - Parameters:
    ///   - files: The certificate's file must be replaceable: its folder writable.
    ///   - issuer: Has it issued anew.
    ///   - longestPause: Between two looks at the files.
    public init(
        files: CredentialFiles, from issuer: any CertificateRenewing, longestPause: Duration = .seconds(60),
        logger: Logger, takeOver: @escaping TakeOver
    ) {
        self.files = files
        self.issuer = issuer
        self.longestPause = longestPause
        self.logger = logger
        self.takeOver = takeOver
    }

    /// What is known of the certificate in the file, and of tries to renew it.
    struct Progress {
        var stamps: [FileStamp]
        var schedule: RenewalSchedule?
        var failures = 0
        var lastFailure = Date.distantPast
        /// The same for all tries, so that repeating one asks for nothing new.
        var request: String?
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var progress = Progress(stamps: files.stamps)
            while !Task.isCancelled {
                await look(&progress)
                let next = progress.schedule?.nextTry(afterFailures: progress.failures, last: progress.lastFailure)
                let pause = max(next?.timeIntervalSinceNow ?? .infinity, 0.2)
                try? await Task.sleep(for: min(.seconds(min(pause, 86_400)), longestPause))
            }
        }
    }

    /// One look: takes over what others changed, and renews what is due.
    func look(_ progress: inout Progress) async {
        let stamps = files.stamps
        do {
            if stamps != progress.stamps {
                progress = Progress(stamps: stamps)
                try await takeOver()
            }
            let credentials = try await files.credentials()
            let certificate = try credentials.certificate()
            let schedule = progress.schedule ?? RenewalSchedule(certificate)
            progress.schedule = schedule
            let now = Date()
            guard schedule.nextTry(afterFailures: progress.failures, last: progress.lastFailure) <= now else { return }
            try await renew(certificate, credentials, &progress)
        } catch is CancellationError {
            return
        } catch {
            progress.failures += 1
            progress.lastFailure = Date()
            warn(progress, "\(error)")
        }
    }

    private func renew(
        _ old: CertificateDocument, _ credentials: TLSCredentials, _ progress: inout Progress
    ) async throws {
        let key = try await files.privateKey()
        let request: String
        if let known = progress.request {
            request = known
        } else {
            request = try SigningRequest(
                key: key, commonName: old.commonName ?? old.identity?.name ?? "", alternativeNames: old.alternativeNames
            ).pem()
            progress.request = request
        }
        let renewed = try RenewedCertificate(
            pem: await issuer.renewCertificate(request), replacing: old, key: key,
            trusted: credentials.authorities())
        try await files.replaceCertificate(with: renewed.chain.pem)
        progress = Progress(stamps: files.stamps)
        try await takeOver()
        logger.notice(
            "the certificate was renewed",
            metadata: [
                "serial": "\(renewed.certificate.serial)", "replaces": "\(old.serial)",
                "expires": "\(Timestamp(renewed.certificate.notAfter))",
            ])
    }

    private func warn(_ progress: Progress, _ reason: String) {
        guard let schedule = progress.schedule else {
            logger.error("the own certificate cannot be looked at", metadata: ["reason": "\(reason)"])
            return
        }
        let isOver = schedule.isOver(at: Date())
        logger.log(
            level: isOver ? .error : .warning,
            isOver
                ? "the certificate has run out and cannot be renewed by itself; enrol anew with a code of an admin"
                : "the certificate cannot be renewed; it is tried again, and must succeed before the certificate runs out",
            metadata: [
                "expires": "\(Timestamp(schedule.notAfter))", "failures": "\(progress.failures)",
                "reason": "\(reason)",
            ])
    }
}
