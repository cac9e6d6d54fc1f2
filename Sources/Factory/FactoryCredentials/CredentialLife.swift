import Foundation
import VC3Certificates
public import VC3Model

/// From when to when a credential is good, as it says itself.
public struct CredentialLife: Sendable, Equatable {
    /// `nil`: it does not say.
    public var begin: Timestamp?
    public var end: Timestamp

    public init(begin: Timestamp? = nil, end: Timestamp) {
        self.begin = begin
        self.end = end
    }

    /// An X.509 proxy (RFC 3820) in PEM: as long as the shortest certificate of its chain.
    ///
    /// - Returns: `nil` for what has no certificate in it.
    public init?(proxy pem: String) {
        guard let chain = try? CertificateChain(pem: pem).certificates,
            let end = chain.map(\.notAfter).min(), let begin = chain.map(\.notBefore).max()
        else { return nil }
        self.init(begin: Timestamp(begin), end: Timestamp(end))
    }

    /// A JSON web token (RFC 7519, 4.1): its `exp`, and `iat` or `nbf`. The signature is the business of whoever takes it.
    ///
    /// - Returns: `nil` for anything else, and for a token that does not end.
    public init?(token text: String) {
        let parts = text.split(whereSeparator: \.isWhitespace).first?.split(
            separator: ".", omittingEmptySubsequences: false)
        guard let parts, parts.count == 3, let claims = Self.decoded(parts[1]),
            let value = try? JSONDecoder().decode(Claims.self, from: claims), let end = value.exp,
            let moment = Self.moment(end)
        else { return nil }
        self.init(begin: (value.iat ?? value.nbf).flatMap(Self.moment), end: moment)
    }

    /// From here on it should have been replaced: when a sixth of its life is left, or a day of one that does not say when it began.
    var late: Timestamp { begin.map { $0 + (end - $0) * 5 / 6 } ?? end + .seconds(-86_400) }

    private struct Claims: Decodable {
        var exp: Double?
        var iat: Double?
        var nbf: Double?
    }

    private static func moment(_ seconds: Double) -> Timestamp? {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return nil }
        return Timestamp(milliseconds: Int64(seconds * 1000))
    }

    private static func decoded(_ text: Substring) -> Data? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
    }
}
