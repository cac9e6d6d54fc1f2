import Crypto
import CryptoExtras
public import Foundation

/// A public SSH key that an authority vouches for (OpenSSH's PROTOCOL.certkeys).
public struct SSHCertificate: Hashable, Sendable {
    /// Which end of a connection the key may prove itself at.
    public enum Kind: UInt32, Sendable, CaseIterable {
        case user = 1
        case host = 2
    }

    /// What the authority vouches for.
    public struct Profile: Hashable, Sendable {
        public var kind: Kind
        /// Told in the logs of servers.
        public var keyIdentifier: String
        /// Accounts that a user may log in to, or names of a host.
        public var principals: [String]
        public var lifetime: Duration

        public init(kind: Kind, keyIdentifier: String, principals: [String], lifetime: Duration) {
            (self.kind, self.keyIdentifier, self.principals) = (kind, keyIdentifier, principals)
            self.lifetime = lifetime
        }
    }

    /// What OpenSSH lets users do unless a certificate takes it away.
    private static let userExtensions = [
        "permit-X11-forwarding", "permit-agent-forwarding", "permit-port-forwarding", "permit-pty", "permit-user-rc",
    ]

    /// One line as in a `-cert.pub` file, without a newline.
    public let line: String
    public let serial: UInt64
    public let validAfter: Date
    public let validBefore: Date

    /// Signs `key`. Validity begins a minute before `now`, for servers whose clocks are late.
    ///
    /// - Throws: ``CredentialError`` `refused` without a principal (OpenSSH would take it for *any* principal), for one with
    ///   a comma or control character, and for a lifetime under a second.
    public init(
        _ profile: Profile, for key: SSHPublicKey, signedBy authority: PrivateKey, serial: UInt64, at now: Date
    ) throws {
        guard !profile.principals.isEmpty else {
            throw CredentialError(.refused, "an SSH certificate needs a principal; without one it is good for all")
        }
        for text in profile.principals + [profile.keyIdentifier] where !Self.isPlain(text) {
            throw CredentialError(
                .refused, "'\(text.filter { !$0.isNewline })' must be neither empty nor contain control characters")
        }
        guard !profile.principals.contains(where: { $0.contains(",") }) else {
            throw CredentialError(.refused, "a principal must not contain a comma")
        }
        guard profile.lifetime >= .seconds(1) else { throw CredentialError(.refused, "the lifetime is not positive") }
        let after = UInt64(now.timeIntervalSince1970 - CertificateIssuer.backdating.inSeconds)
        let before = UInt64(now.timeIntervalSince1970 + profile.lifetime.inSeconds)
        let type = Self.type(of: key)
        var nonce = SystemRandomNumberGenerator()
        var body = SSHWireWriter()
        body.append(string: type)
        body.append(string: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &nonce) })
        var reader = SSHWireReader(key.blob)
        _ = reader.string()
        body.append(raw: reader.remaining)
        body.append(uint64: serial)
        body.append(uint32: profile.kind.rawValue)
        body.append(string: profile.keyIdentifier)
        var principals = SSHWireWriter()
        for principal in profile.principals { principals.append(string: principal) }
        body.append(string: principals.bytes)
        body.append(uint64: after)
        body.append(uint64: before)
        body.append(string: "")
        var extensions = SSHWireWriter()
        for name in profile.kind == .user ? Self.userExtensions : [] {
            extensions.append(string: name)
            extensions.append(string: "")
        }
        body.append(string: extensions.bytes)
        body.append(string: "")
        body.append(string: try authority.sshPublicKey(comment: "").blob)
        body.append(string: try authority.sshSignature(over: body.bytes))
        let encoded = type + " " + Data(body.bytes).base64EncodedString()
        line = key.comment.isEmpty ? encoded : encoded + " " + key.comment
        self.serial = serial
        validAfter = Date(timeIntervalSince1970: Double(after))
        validBefore = Date(timeIntervalSince1970: Double(before))
    }

    private static func type(of key: SSHPublicKey) -> String {
        let suffix = "@openssh.com"
        let base = key.type.hasSuffix(suffix) ? String(key.type.dropLast(suffix.count)) : key.type
        return base + "-cert-v01" + suffix
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
    }
}

extension PrivateKey {
    /// A signature in SSH's form (RFC 4253 section 6.6, RFC 5656 section 3.1.2, RFC 8332, RFC 8709 section 6).
    func sshSignature(over bytes: [UInt8]) throws -> [UInt8] {
        var signature = SSHWireWriter()
        switch material {
        case .ed25519(let key):
            signature.append(string: "ssh-ed25519")
            signature.append(string: try key.signature(for: bytes))
        case .p256(let key):
            signature.append(string: "ecdsa-sha2-nistp256")
            signature.append(string: Self.halves(try key.signature(for: bytes).rawRepresentation))
        case .p384(let key):
            signature.append(string: "ecdsa-sha2-nistp384")
            signature.append(string: Self.halves(try key.signature(for: bytes).rawRepresentation))
        case .rsa(let key):
            signature.append(string: "rsa-sha2-512")
            let digest = SHA512.hash(data: bytes)
            signature.append(
                string: try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
        }
        return signature.bytes
    }

    /// The two numbers of an ECDSA signature.
    private static func halves(_ raw: Data) -> [UInt8] {
        var numbers = SSHWireWriter()
        numbers.append(magnitude: raw.prefix(raw.count / 2))
        numbers.append(magnitude: raw.suffix(raw.count / 2))
        return numbers.bytes
    }
}
