import Crypto
import Foundation

/// A key for one answer: what was sealed to it can be opened by whoever holds the key, as long as they hold it. It is never
/// written anywhere, so that afterwards nobody can.
///
/// HPKE (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305; the context is HPKE's `info`.
public struct AnswerKey: Sendable {
    private let key = Curve25519.KeyAgreement.PrivateKey()
    private static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
    private static let encapsulatedLength = 32
    /// Sealed answers are as long as the next multiple: their length tells nothing of a password's.
    private static let block = 256
    public static let longest = 4096

    public init() {}

    /// What the answer is sealed to, base64.
    public var publicText: String { key.publicKey.rawRepresentation.base64EncodedString() }

    /// - Returns: Encapsulated key and ciphertext, base64.
    /// - Throws: ``CredentialError`` for an answer that is too long or a key that is none.
    public static func seal(_ answer: [UInt8], to publicText: String, context: String) throws -> String {
        guard answer.count <= longest else {
            throw CredentialError(.refused, "the answer has \(answer.count) bytes; the most are \(longest)")
        }
        guard let raw = Data(base64Encoded: publicText),
            let recipient = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: raw)
        else { throw CredentialError(.malformed, "the question has no key to seal the answer to; ask for a new login") }
        var sender = try HPKE.Sender(recipientKey: recipient, ciphersuite: suite, info: Data(context.utf8))
        var padded = Data([UInt8(answer.count >> 8), UInt8(answer.count & 255)] + answer)
        padded.append(Data(count: (block - padded.count % block) % block))
        return (sender.encapsulatedKey + (try sender.seal(padded))).base64EncodedString()
    }

    /// - Throws: ``CredentialError`` for what was not sealed to this key for this context.
    public func open(_ sealed: String, context: String) throws -> [UInt8] {
        do {
            guard let bytes = Data(base64Encoded: sealed), bytes.count > Self.encapsulatedLength else {
                throw CredentialError(.malformed, "too short")
            }
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: Self.suite, info: Data(context.utf8),
                encapsulatedKey: bytes.prefix(Self.encapsulatedLength))
            let padded = Array(try recipient.open(bytes.dropFirst(Self.encapsulatedLength)))
            let count = padded.count >= 2 ? Int(padded[0]) << 8 | Int(padded[1]) : 0
            guard padded.count >= 2 + count else { throw CredentialError(.malformed, "too short") }
            return Array(padded[2..<(2 + count)])
        } catch {
            throw CredentialError(.malformed, "the answer was not sealed for this question")
        }
    }
}
