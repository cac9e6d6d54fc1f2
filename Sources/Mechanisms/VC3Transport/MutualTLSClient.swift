public import AsyncHTTPClient
import NIOConcurrencyHelpers
public import NIOCore
import NIOSSL
public import VC3Certificates
import VC3Model

/// HTTP clients that show a certificate and check the server's, also against what its authority has taken back.
///
/// Certificate and revocation lists can be replaced while requests and watches run: new connections go by the new ones,
/// old ones are let go when they are idle, and those to a server whose certificate was taken back are closed.
///
/// Closes its connections when it goes, so that nobody has to on the way out of an error; ``shutdown()`` waits for it.
public final class MutualTLSClient: Sendable {
    private let requests: HTTPClient
    private let streams: HTTPClient
    private let connections: ServerConnections
    private let current: NIOLockedValueBox<Current>

    private struct Current {
        var credentials: TLSCredentials
        /// `nil`: that which the clients were made with, which costs nothing to compare.
        var configuration: TLSConfiguration?
    }

    /// - Parameters:
    ///   - revoked: What is known from the start to be taken back.
    ///   - connectTimeout: For name look-up, TCP and TLS together.
    ///   - silence: How long an answer may stay without a byte before its connection counts as lost.
    public init(
        _ credentials: TLSCredentials, revoked: RevocationLists = RevocationLists(), connectTimeout: Duration,
        silence: Duration
    ) {
        let connections = ServerConnections(revoked: revoked)
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: credentials.client, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .milliseconds(connectTimeout.inMilliseconds), read: .milliseconds(silence.inMilliseconds)))
        configuration.httpVersion = .http1Only
        // Runs behind TLS and before the first request of each connection.
        configuration.http1_1ConnectionDebugInitializer = { connections.admit($0) }
        // Whoever calls knows better when to try again, and where.
        configuration.connectionPool.retryConnectionEstablishment = false
        requests = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        streams = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.connections = connections
        current = NIOLockedValueBox(Current(credentials: credentials))
    }

    /// For requests that are answered and done with.
    public func execute(_ request: HTTPClientRequest, deadline: NIODeadline) async throws -> HTTPClientResponse {
        try await requests.execute(configured(request), deadline: deadline)
    }

    /// For answers that do not end. Each holds its connection for good, so they must not use up those of the requests.
    ///
    /// - Parameter deadline: For the beginning of the answer.
    public func stream(_ request: HTTPClientRequest, deadline: NIODeadline) async throws -> HTTPClientResponse {
        try await streams.execute(configured(request), deadline: deadline)
    }

    private func configured(_ request: HTTPClientRequest) -> HTTPClientRequest {
        guard let configuration = current.withLockedValue(\.configuration) else { return request }
        var request = request
        // Connections are pooled by it: those that were made with another one are not used any more.
        request.tlsConfiguration = configuration
        return request
    }

    /// Shows these from now on. What is wrong with them is thrown, and then nothing has changed.
    ///
    /// - Throws: ``VC3Error`` `invalid` when the key does not belong to the certificate.
    public func use(_ credentials: TLSCredentials) throws {
        try credentials.checkAsClient()
        let configuration = credentials.client
        current.withLockedValue { $0 = Current(credentials: credentials, configuration: configuration) }
    }

    /// Goes by these lists as well, for as long as it runs, and closes the connections to servers that are on them.
    ///
    /// - Returns: How many were closed; `nil` when the lists bring nothing new.
    @discardableResult
    public func hear(_ lists: RevocationLists) -> Int? { connections.hear(lists) }

    /// What this end shows and whom it trusts at present.
    public var credentials: TLSCredentials { current.withLockedValue(\.credentials) }
    public var revoked: RevocationLists { connections.revoked }

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
