import Crypto
public import Foundation

/// What a pilot shows to its pool's collector: an HTCondor IDTOKEN.
///
/// A JSON web token (RFC 7519) signed by HMAC-SHA256 with a key derived from the pool's signing key. It names an
/// identity and limits what that identity may do with it. A secret: hand it on only in a file that its owner alone
/// can read, never in arguments, environment or logs.
public struct PilotToken: Sendable, Hashable {
    /// What a token allows. HTCondor refuses anything else to its bearer, whatever the identity may do.
    public struct Scope: Sendable, Hashable, RawRepresentable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Publish and withdraw slots, and register with the connection broker.
        public static let advertiseStartd = Scope(rawValue: "condor:/ADVERTISE_STARTD")
        /// Publish and withdraw the ad of a `condor_master`.
        public static let advertiseMaster = Scope(rawValue: "condor:/ADVERTISE_MASTER")

        /// All that a pilot needs.
        public static let pilot: [Scope] = [.advertiseStartd, .advertiseMaster]
    }

    /// The token's text: what belongs into a file in the pilot's `SEC_TOKEN_DIRECTORY`, followed by a newline.
    public let text: String

    /// Signs a token.
    ///
    /// - Parameters:
    ///   - key: The pool's key, as its head node has it under the file name `keyID`.
    ///   - identity: Who the bearer is, `user@domain`.
    ///   - scopes: What the bearer may do; without any, whatever the identity may do.
    ///   - issuedAt: Now. Whole seconds count.
    ///   - lifetime: How long the collector accepts the token for *new* sessions. A session outlives the token that
    ///     opened it, and a pilot opens new ones when the collector was restarted or a connection was lost.
    ///   - id: Unique for this token (`jti`), for the collector's log.
    public static func mint(
        key: PoolSigningKey, keyID: String = PoolSigningKey.defaultID, trustDomain: TrustDomain, identity: String,
        scopes: [Scope] = Scope.pilot, issuedAt: Date, lifetime: Duration, id: String
    ) throws -> PilotToken {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = try encoder.encode(Header(alg: "HS256", kid: keyID, typ: "JWT"))
        let start = Int64(issuedAt.timeIntervalSince1970)
        let claims = try encoder.encode(
            Claims(
                exp: start + lifetime.components.seconds, iat: start, iss: trustDomain.name, jti: id,
                scope: scopes.isEmpty ? nil : scopes.map(\.rawValue).joined(separator: " "), sub: identity))
        let signed = base64URL(header) + "." + base64URL(claims)
        let signature = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: tokenKey(from: key))
        return PilotToken(text: signed + "." + base64URL(Data(signature)))
    }

    /// The derivation of HTCondor's `condor_auth_passwd` for version 2 tokens, the only kind that IDTOKENS knows.
    private static func tokenKey(from key: PoolSigningKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.material), salt: Data("htcondor".utf8),
            info: Data("master jwt".utf8), outputByteCount: 32)
    }

    private static func base64URL(_ data: Data) -> String {
        String(
            data.base64EncodedString().compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }

    private struct Header: Encodable {
        let alg, kid, typ: String
    }

    private struct Claims: Encodable {
        let exp, iat: Int64
        let iss, jti: String
        let scope: String?
        let sub: String
    }
}

extension PilotToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "pilot token (hidden)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
