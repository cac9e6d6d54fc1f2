import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import NIOCore
import NIOHTTP1
import VC3Model
import VC3Transport

/// One Infoservice by address: sends single requests and turns every failure into a ``VC3Error``.
struct Endpoint: Sendable {
    let host: String
    let port: Int
    let client: MutualTLSClient
    let timeouts: Timeouts

    /// Bytes that an answer may have.
    private static let longestAnswer = 512 * 1024 * 1024

    func request(_ method: HTTPMethod, _ path: [String], query: String = "") -> HTTPClientRequest {
        let parts = path.map(Self.escaped)
        let authority = host.contains(":") ? "[\(host)]" : host
        var request = HTTPClientRequest(url: "https://\(authority):\(port)/" + parts.joined(separator: "/") + query)
        request.method = method
        return request
    }

    /// `?name=value&…` in this order; empty without parameters.
    static func query(_ parameters: [(name: String, value: String)]) -> String {
        if parameters.isEmpty { return "" }
        return "?" + parameters.map { escaped($0.name) + "=" + escaped($0.value) }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// Sends a request once. For writes: a failure on the way leaves open whether it was carried out.
    func send(_ request: HTTPClientRequest) async throws -> Data {
        let deadline = NIODeadline.now() + .milliseconds(timeouts.answer.inMilliseconds)
        let (status, body) = try await reaching {
            let response = try await client.requests.execute(request, deadline: deadline)
            let buffer = try await response.body.collect(upTo: Self.longestAnswer)
            return (Int(response.status.code), Data(buffer.readableBytesView))
        }
        guard status < 300 else { throw ProblemDocument.error(status: status, body: body) }
        return body
    }

    /// As ``send(_:)``, tried again with growing pauses while the server cannot be reached. For reads only.
    func sendRepeatedly(_ request: HTTPClientRequest) async throws -> Data {
        var pause = Duration.milliseconds(50)
        for _ in 1..<max(timeouts.attempts, 1) {
            do {
                return try await send(request)
            } catch let error as VC3Error where error.code == .unavailable {
                try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                pause *= 3
            }
        }
        return try await send(request)
    }

    /// The body of an answer that does not end.
    func stream(_ request: HTTPClientRequest) async throws -> HTTPClientResponse.Body {
        let response = try await reaching { try await client.streams.execute(request, deadline: .distantFuture) }
        guard response.status == .ok else {
            let buffer = try await reaching { try await response.body.collect(upTo: 1024 * 1024) }
            throw ProblemDocument.error(status: Int(response.status.code), body: Data(buffer.readableBytesView))
        }
        return response.body
    }

    /// Says where the server was sought and what was in the way.
    func reaching<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as VC3Error {
            throw error
        } catch {
            try Task.checkCancellation()
            throw VC3Error(
                .unavailable, "cannot reach the Infoservice at \(host):\(port): \(ConnectionFailure.reason(error))",
                cause: error)
        }
    }
}
