public import AsyncHTTPClient
import NIOCore
import VC3Model

/// An HTTP client that shows a certificate and checks the server's.
public enum MutualTLSClient {
    /// - Parameters:
    ///   - connectTimeout: For name look-up, TCP and TLS together.
    ///   - silence: How long an answer may stay without a byte before its connection counts as lost.
    public static func make(
        _ credentials: TLSCredentials, connectTimeout: Duration, silence: Duration
    ) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: credentials.client, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .milliseconds(connectTimeout.inMilliseconds), read: .milliseconds(silence.inMilliseconds)))
        configuration.httpVersion = .http1Only
        // A watch holds its connection for good, so the usual few would starve the other requests.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
