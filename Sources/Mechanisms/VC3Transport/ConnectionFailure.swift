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
        case let error as RevokedServer: error.description
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: "TLS failed: \(error)"
        default: "\(error)"
        }
    }

    /// Whether no byte of the request can have reached the server: no connection came about.
    ///
    /// A server that refuses the client's certificate under TLS 1.3 does so after the client believes to be connected;
    /// that counts as sent.
    public static func isBeforeSending(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError:
            [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout].contains(error)
        case is NIOConnectionError: true
        case let error as NIOSSLError:
            if case .handshakeFailed = error { true } else { false }
        case is NIOSSLExtraError, is RevokedServer: true
        default: false
        }
    }
}
