import Factory
import FactorySettings
import Foundation
import Logging
import ServiceLifecycle
import VC3Configuration

/// Takes over what changes in `vc3defaults.conf` while the program runs. A file with an error changes nothing.
struct DefaultsReload: Service {
    let file: String
    let interval: Duration
    let limits: SizingLimits
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var known = Self.content(of: file)
                while true {
                    try await Task.sleep(for: interval)
                    let content = Self.content(of: file)
                    if content == known { continue }
                    known = content
                    do {
                        let (defaults, warnings) = try QueueDefaults.load(file: file)
                        limits.replace(with: defaults.limits)
                        for warning in warnings { logger.warning("\(warning)") }
                        logger.notice("took over", metadata: ["file": "\(file)"])
                    } catch {
                        logger.error("\(error)", metadata: ["file": "\(file)", "effect": "what it said before holds"])
                    }
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private static func content(of file: String) -> Data? { FileManager.default.contents(atPath: file) }
}
