public import AsyncHTTPClient
import NIOCore
import VC3Model

/// HTTP clients that show a certificate and check the server's.
///
/// Closes its connections when it goes, so that nobody has to on the way out of an error; ``shutdown()`` waits for it.
public final class MutualTLSClient: Sendable {
    /// For requests that are answered and done with.
    public let requests: HTTPClient
    /// For answers that do not end. Each holds its connection for good, so they must not use up those of the requests.
    public let streams: HTTPClient

    /// - Parameters:
    ///   - connectTimeout: For name look-up, TCP and TLS together.
    ///   - silence: How long an answer may stay without a byte before its connection counts as lost.
    public init(_ credentials: TLSCredentials, connectTimeout: Duration, silence: Duration) {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: credentials.client, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .milliseconds(connectTimeout.inMilliseconds), read: .milliseconds(silence.inMilliseconds)))
        configuration.httpVersion = .http1Only
        // Whoever calls knows better when to try again, and where.
        configuration.connectionPool.retryConnectionEstablishment = false
        requests = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        streams = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public func shutdown() async throws {
        try await requests.shutdown()
        try await streams.shutdown()
    }

    deinit {
        // Does nothing when they are shut down already.
        requests.shutdown { _ in }
        streams.shutdown { _ in }
    }
}
