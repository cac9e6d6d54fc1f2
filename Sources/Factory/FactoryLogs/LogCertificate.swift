import Foundation
public import Logging
public import ServiceLifecycle
public import VC3Transport

/// Keeps a log server's certificate that of its files, while these are renewed, and lets nobody stay whose own has ended.
public struct LogCertificate: Service {
    private let files: CredentialFiles
    private let tls: MutualTLSServer
    private let interval: Duration
    private let logger: Logger

    public init(
        _ files: CredentialFiles, of tls: MutualTLSServer, every interval: Duration = .seconds(60), logger: Logger
    ) {
        self.files = files
        self.tls = tls
        self.interval = interval
        self.logger = logger
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var stamps = files.stamps
                while true {
                    try await Task.sleep(for: interval)
                    tls.closeExpired(at: Date())
                    let now = files.stamps
                    if now == stamps { continue }
                    stamps = now
                    do {
                        let (credentials, _) = try await files.load()
                        try tls.use(credentials, revoked: tls.revoked)
                    } catch {
                        logger.error(
                            "the log server's new certificate cannot be used; the old one stays in use",
                            metadata: ["reason": "\(error)"])
                    }
                }
            }
        } catch is CancellationError {
            return
        }
    }
}
