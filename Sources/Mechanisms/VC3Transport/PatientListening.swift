public import Logging
import ServiceLifecycle

/// Serves on a port that may be taken for a while: what cannot be had is told once and tried again until it can, and
/// nothing else waits for it.
public struct PatientListening: Sendable {
    private let complaint: Logger.Message
    private let host: String
    private let port: Int
    private let pause: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - complaint: What is said when the port cannot be had.
    ///   - pause: From one attempt to the next.
    public init(
        orSay complaint: Logger.Message, host: String, port: Int, pause: Duration = .seconds(10), logger: Logger
    ) {
        self.complaint = complaint
        self.host = host
        self.port = port
        self.pause = pause
        self.logger = logger
    }

    /// Returns when what serves does, or the process ends.
    ///
    /// - Parameter serve: Binds the port, and serves until the process ends.
    public func run(_ serve: () async throws -> Void) async {
        var isTold = false
        while true {
            do {
                return try await serve()
            } catch is CancellationError {
                return
            } catch {
                if !isTold {
                    logger.error(
                        complaint, metadata: ["address": "\(host)", "port": "\(port)", "reason": "\(error)"])
                }
                isTold = true
            }
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            } catch {
                return
            }
        }
    }
}
