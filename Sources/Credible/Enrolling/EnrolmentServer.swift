import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import VC3Certificates
import VC3Model
import VC3Transport

/// The Infoservice's enrolment listener, as somebody sees it who has a code and nothing else.
struct EnrolmentServer: Sendable {
    let host: String
    let port: Int

    struct Answer: Sendable {
        let certificate: String
        /// The port of the Infoservice itself, where the server told it.
        let servicePort: Int?
    }

    private static let connectTimeout = Duration.seconds(10)
    /// Longer than the server waits for the Master.
    private static let silence = Duration.seconds(45)
    private static let longestAnswer = 256 * 1024

    /// What whoever answers shows as its authorities. Nothing of it is to be believed yet, and nothing secret is sent.
    func claimedChain() async throws -> CertificateChain {
        let client = UnverifiedTLSClient.make(connectTimeout: Self.connectTimeout, silence: Self.silence)
        let body: Data
        do {
            body = try await send(HTTPClientRequest(url: url("/chain"))) { try await client.execute($0, deadline: $1) }
                .body
        } catch {
            try? await client.shutdown()
            throw error is EnrolmentError ? error : unreachable(error)
        }
        try? await client.shutdown()
        do {
            return try CertificateChain(pem: String(decoding: body, as: UTF8.self))
        } catch {
            throw EnrolmentError(.untrusted, "what answers at \(place) is no enrolment listener: \(error)")
        }
    }

    /// Sends secret and request, after the server has proven to be certified by one of `trusted`.
    func enrol(
        pairing: String, secret: EnrolmentSecret, request: String, trusting trusted: CertificateChain
    ) async throws -> Answer {
        let client = MutualTLSClient(
            try TLSCredentials(trustedPEM: trusted.pem), connectTimeout: Self.connectTimeout, silence: Self.silence)
        do {
            let answer = try await ask(pairing, secret, request, client)
            try? await client.shutdown()
            return answer
        } catch {
            try? await client.shutdown()
            throw refusal(error)
        }
    }

    private func ask(
        _ pairing: String, _ secret: EnrolmentSecret, _ csr: String, _ client: MutualTLSClient
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url("/enrol"))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        let body: JSONValue = ["pairing": .string(pairing), "secret": .string(secret.text), "csr": .string(csr)]
        request.body = .bytes(ByteBuffer(bytes: try body.data()))
        let (status, data) = try await send(request) { try await client.execute($0, deadline: $1) }
        guard status == 200 else { throw ProblemDocument.error(status: status, body: data) }
        guard let answer = try? JSONValue(data: data), let certificate = answer["certificate"]?.stringValue else {
            throw EnrolmentError(.unavailable, "the answer of \(place) is not understood; is it of another release?")
        }
        let port: Int? = if case .integer(let number)? = answer["port"] { number } else { nil }
        return Answer(certificate: certificate, servicePort: port)
    }

    private func send(
        _ request: HTTPClientRequest, _ execute: (HTTPClientRequest, NIODeadline) async throws -> HTTPClientResponse
    ) async throws -> (status: Int, body: Data) {
        let response = try await execute(request, .now() + .seconds(60))
        let body = try await response.body.collect(upTo: Self.longestAnswer)
        return (Int(response.status.code), Data(body.readableBytesView))
    }

    /// What a failure means to whoever has the code.
    private func refusal(_ error: any Error) -> any Error {
        if error is EnrolmentError || error is CancellationError { return error }
        if let error = error as? VC3Error {
            switch error.code {
            case .forbidden: return EnrolmentError(.refused, error.message)
            case .invalid: return EnrolmentError(.refused, "the Infoservice refuses: \(error.description)")
            default: return EnrolmentError(.unavailable, error.message)
            }
        }
        // The server did not prove who it is; nothing was sent to it.
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            return EnrolmentError(
                .untrusted,
                "what answers at \(place) does not prove to be the Infoservice that the code is about:"
                    + " \(ConnectionFailure.reason(error)). Neither the code nor a request was sent")
        }
        return unreachable(error)
    }

    private func unreachable(_ error: any Error) -> EnrolmentError {
        EnrolmentError(
            .unavailable,
            "cannot reach the Infoservice at \(place): \(ConnectionFailure.reason(error)); repeat the command when it can be"
                + " reached")
    }

    private var place: String { "\(host):\(port)" }

    private func url(_ path: String) -> String {
        "https://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)\(path)"
    }
}
