import FactoryCredentials
import FactorySettings
import Foundation
import Logging
import ServiceLifecycle
import VC3Configuration

/// Takes over what changes in `auth.conf` while the program runs. A file with an error changes nothing.
struct AuthReload: Service {
    let settings: FactoryKeys.Credentials
    /// `nil`: changes wait for the next start.
    let interval: Duration?
    let first: [AuthProfile]
    let keeper: CredentialKeeper
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                await keeper.use(settings.sources.contains(.file) ? first : [])
                guard let interval, settings.sources.contains(.file) else { return try await Self.wait() }
                var known = content
                while true {
                    try await Task.sleep(for: interval)
                    if content == known { continue }
                    known = content
                    do {
                        let (auth, warnings) = try AuthDocument.load(file: settings.file, defaults: settings.defaults)
                        for warning in warnings { logger.warning("\(warning)") }
                        await keeper.use(auth.profiles)
                        logger.notice("took over", metadata: ["file": "\(settings.file)"])
                    } catch {
                        logger.error(
                            "\(error)", metadata: ["file": "\(settings.file)", "effect": "what it said before holds"])
                    }
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private var content: [Data?] {
        [settings.defaults, settings.file].map { FileManager.default.contents(atPath: $0) }
    }

    private static func wait() async throws {
        while true { try await Task.sleep(for: .seconds(86_400)) }
    }
}
