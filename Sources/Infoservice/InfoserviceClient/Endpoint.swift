import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import VC3Model
import VC3Transport

/// One Infoservice by address: sends single requests once, and says of every failure what is known of it.
struct Endpoint: Sendable {
    /// Why there is no answer.
    struct Failure: Error {
        let error: VC3Error
        /// Whether the server may have carried the request out.
        let isDoubtful: Bool
    }

    let address: ServiceAddress
    let client: MutualTLSClient
    let timeouts: Timeouts
    /// The user for whom a portal asks.
    var actingFor: String?
    /// The term of a lease under which a leader writes.
    var fence: Fence?

    /// Bytes that an answer may have.
    private static let longestAnswer = 512 * 1024 * 1024

    func request(_ method: HTTPMethod, _ path: [String], query: String = "") -> HTTPClientRequest {
        let parts = path.map(\.percentEncoded)
        var request = HTTPClientRequest(url: "https://\(address)/" + parts.joined(separator: "/") + query)
        request.method = method
        if let fence { request.headers.add(name: "VC3-Fence", value: fence.description) }
        if let actingFor { request.headers.add(name: "VC3-Acting-For", value: actingFor) }
        return request
    }

    /// `?name=value&…` in this order; empty without parameters.
    static func query(_ parameters: [(name: String, value: String)]) -> String {
        if parameters.isEmpty { return "" }
        return "?" + parameters.map { $0.name.percentEncoded + "=" + $0.value.percentEncoded }.joined(separator: "&")
    }

    /// What the server answered, whatever it is.
    ///
    /// - Throws: ``Failure`` when it did not answer.
    func answer(_ request: HTTPClientRequest) async throws -> Answer {
        let deadline = NIODeadline.now() + .milliseconds(timeouts.answer.inMilliseconds)
        return try await reaching {
            let response = try await client.execute(request, deadline: deadline)
            let buffer = try await response.body.collect(upTo: Self.longestAnswer)
            return Answer(
                status: Int(response.status.code), body: Data(buffer.readableBytesView),
                retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) })
        }
    }

    /// The body of an answer that does not end.
    ///
    /// - Throws: ``Failure`` when there is no answer; ``VC3Error`` when the server refuses.
    func stream(_ request: HTTPClientRequest) async throws -> HTTPClientResponse.Body {
        let deadline = NIODeadline.now() + .milliseconds(timeouts.answer.inMilliseconds)
        let response = try await reaching { try await client.stream(request, deadline: deadline) }
        guard response.status == .ok else {
            let buffer = try await reaching { try await response.body.collect(upTo: 1024 * 1024) }
            throw ProblemDocument.error(status: Int(response.status.code), body: Data(buffer.readableBytesView))
        }
        return response.body
    }

    /// Says where the server was sought, what was in the way, and whether the request may have arrived.
    func reaching<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch {
            try Task.checkCancellation()
            let message = "cannot reach the Infoservice at \(address): \(ConnectionFailure.reason(error))"
            throw Failure(
                error: VC3Error(.unavailable, message, cause: error),
                isDoubtful: !ConnectionFailure.isBeforeSending(error))
        }
    }

    func notUnderstood(_ what: String, _ cause: any Error) -> VC3Error {
        VC3Error(.internal, "\(what) of \(address) is not understood; is it of another release?", cause: cause)
    }
}

/// An answer of whatever status.
struct Answer: Sendable {
    var status: Int
    var body: Data
    /// Seconds.
    var retryAfter: Int?

    /// The body of a success.
    ///
    /// - Throws: ``VC3Error``: what the server refuses with.
    func success() throws -> Data {
        guard status < 300 else { throw ProblemDocument.error(status: status, body: body) }
        return body
    }
}
