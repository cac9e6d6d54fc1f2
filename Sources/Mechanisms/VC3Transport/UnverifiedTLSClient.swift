public import AsyncHTTPClient
import NIOCore
import NIOSSL

/// HTTP over TLS with whoever answers. For what proves itself, such as a certificate whose fingerprint is known; nothing secret
/// goes this way.
public enum UnverifiedTLSClient {
    /// The caller shuts it down.
    public static func make(connectTimeout: Duration, silence: Duration) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: TLSCredentials.unverifiedClient, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: connectTimeout.nio, read: silence.nio))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
