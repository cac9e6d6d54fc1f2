import AsyncHTTPClient
import NIOPosix
import NIOSSL

/// Puts the failures of a ``MutualTLSClient`` into words.
public enum ConnectionFailure {
    /// What was in the way of an answer, as the end of a sentence.
    public static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "no connection in time"
        case let error as HTTPClientError where error == .deadlineExceeded: "no answer in time"
        case let error as HTTPClientError where error == .readTimeout: "the connection fell silent"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the server closed the connection"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { "\($0.error)" } ?? error.dnsAError.map { "\($0)" } ?? "\(error)"
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: "TLS failed: \(error)"
        default: "\(error)"
        }
    }
}
