import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import X509

/// A private key for certificates and for SSH.
///
/// Its description says only the kind; the secret leaves through ``pem``, ``sealedPEM(passphrase:)`` and
/// ``openSSHText(comment:)`` alone.
public struct PrivateKey: Sendable, CustomStringConvertible {
    enum Material: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    let material: Material

    /// A new key from the operating system's random source.
    ///
    /// RSA generation is long work for a processor (up to seconds): keep it off the threads that serve others.
    public init(generating kind: KeyKind = .p256) throws {
        switch kind {
        case .p256: material = .p256(P256.Signing.PrivateKey())
        case .p384: material = .p384(P384.Signing.PrivateKey())
        case .ed25519: material = .ed25519(Curve25519.Signing.PrivateKey())
        case .rsa2048: material = .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048))
        case .rsa3072: material = .rsa(try _RSA.Signing.PrivateKey(keySize: .bits3072))
        case .rsa4096: material = .rsa(try _RSA.Signing.PrivateKey(keySize: .bits4096))
        }
    }

    /// Reads an unencrypted PEM key: PKCS#8 (RSA, P-256, P-384, Ed25519), PKCS#1 (RSA) or SEC1 (P-256, P-384).
    ///
    /// - Throws: ``CredentialError`` `malformed`, with no part of the text in its message.
    public init(pem: String) throws {
        if let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) {
            material = .p256(key)
        } else if let key = try? P384.Signing.PrivateKey(pemRepresentation: pem) {
            material = .p384(key)
        } else if let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem) {
            material = .rsa(key)
        } else if let key = Self.ed25519(pem: pem) {
            material = .ed25519(key)
        } else if pem.contains("ENCRYPTED") {
            throw CredentialError(.malformed, "the private key is encrypted; store it decrypted with mode 0400")
        } else {
            throw CredentialError(.malformed, "not an unencrypted RSA, P-256, P-384 or Ed25519 private key in PEM form")
        }
    }

    /// PKCS#8 in PEM form, unencrypted, ending in a newline.
    public var pem: String {
        switch material {
        case .rsa(let key): Self.endingInNewline(key.pkcs8PEMRepresentation)
        case .p256(let key): Self.endingInNewline(key.pemRepresentation)
        case .p384(let key): Self.endingInNewline(key.pemRepresentation)
        case .ed25519(let key):
            PEMDocument(type: "PRIVATE KEY", derBytes: Self.ed25519Prefix + key.rawRepresentation).pemString + "\n"
        }
    }

    public var description: String {
        switch material {
        case .rsa(let key): "RSA-\(key.keySizeInBits) private key"
        case .p256: "P-256 private key"
        case .p384: "P-384 private key"
        case .ed25519: "Ed25519 private key"
        }
    }

    var signer: Certificate.PrivateKey {
        switch material {
        case .rsa(let key): Certificate.PrivateKey(key)
        case .p256(let key): Certificate.PrivateKey(key)
        case .p384(let key): Certificate.PrivateKey(key)
        case .ed25519(let key): Certificate.PrivateKey(key)
        }
    }

    /// Everything of an Ed25519 PKCS#8 structure that comes before the 32 bytes of the seed (RFC 8410, section 7).
    private static let ed25519Prefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    private static func ed25519(pem: String) -> Curve25519.Signing.PrivateKey? {
        guard let document = try? PEMDocument(pemString: pem), document.discriminator == "PRIVATE KEY",
            document.derBytes.count == ed25519Prefix.count + 32, document.derBytes.starts(with: ed25519Prefix)
        else { return nil }
        return try? Curve25519.Signing.PrivateKey(rawRepresentation: document.derBytes.suffix(32))
    }

    private static func endingInNewline(_ text: String) -> String {
        text.hasSuffix("\n") ? text : text + "\n"
    }
}
