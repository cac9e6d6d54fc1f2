import Crypto
import CryptoExtras
import Foundation
import SwiftASN1

/// Keys encrypted by a passphrase: `EncryptedPrivateKeyInfo` of PKCS#8 with PBES2, PBKDF2 (HMAC-SHA-256) and AES-256-CBC (RFC
/// 5958 and RFC 8018), which `openssl pkey` reads and writes.
extension PrivateKey {
    /// OWASP's count for PBKDF2 with HMAC-SHA-256.
    private static let iterations = 600_000
    /// A file that asks for more would only keep the reader busy.
    private static let iterationLimit = 10_000_000
    private static let pemType = "ENCRYPTED PRIVATE KEY"

    /// The key encrypted, in PEM form, ending in a newline.
    public func sealedPEM(passphrase: String) throws -> String {
        let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        let vector = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        let key = try Self.derivedKey(passphrase, salt: salt, iterations: Self.iterations)
        let clear = try PEMDocument(pemString: pem).derBytes
        let sealed = try AES._CBC.encrypt(clear, using: key, iv: AES._CBC.IV(ivBytes: vector))
        var file = DER.Serializer()
        try file.appendConstructedNode(identifier: .sequence) { file in
            try file.appendAlgorithm(.pbes2) { parameters in
                try parameters.appendAlgorithm(.pbkdf2) { derivation in
                    try derivation.serialize(ASN1OctetString(contentBytes: salt[...]))
                    try derivation.serialize(Self.iterations)
                    try derivation.appendConstructedNode(identifier: .sequence) { function in
                        try function.serialize(ASN1ObjectIdentifier.hmacWithSHA256)
                        try function.serialize(ASN1Null())
                    }
                }
                try parameters.appendConstructedNode(identifier: .sequence) { cipher in
                    try cipher.serialize(ASN1ObjectIdentifier.aes256CBC)
                    try cipher.serialize(ASN1OctetString(contentBytes: vector[...]))
                }
            }
            try file.serialize(ASN1OctetString(contentBytes: [UInt8](sealed)[...]))
        }
        return PEMDocument(type: Self.pemType, derBytes: file.serializedBytes).pemString + "\n"
    }

    /// - Throws: ``CredentialError`` `malformed` for a file of another form, `refused` for a wrong passphrase.
    public init(sealedPEM text: String, passphrase: String) throws {
        let sealed: SealedKey
        do {
            let document = try PEMDocument(pemString: text)
            guard document.discriminator == Self.pemType else {
                throw CredentialError(.malformed, "the PEM block is a \(document.discriminator)")
            }
            sealed = try SealedKey(der: document.derBytes)
        } catch {
            throw CredentialError(
                .malformed,
                "not a private key that is encrypted by PBES2 with PBKDF2, HMAC-SHA-256 and AES-256-CBC: \(error)")
        }
        guard (1...Self.iterationLimit).contains(sealed.iterations) else {
            throw CredentialError(.malformed, "the encrypted key asks for \(sealed.iterations) rounds of PBKDF2")
        }
        let key = try Self.derivedKey(passphrase, salt: sealed.salt, iterations: sealed.iterations)
        guard let clear = try? AES._CBC.decrypt(sealed.content, using: key, iv: AES._CBC.IV(ivBytes: sealed.vector)),
            let opened = try? PrivateKey(pem: PEMDocument(type: "PRIVATE KEY", derBytes: [UInt8](clear)).pemString)
        else { throw CredentialError(.refused, "the passphrase does not open the private key") }
        self = opened
    }

    private static func derivedKey(_ passphrase: String, salt: [UInt8], iterations: Int) throws -> SymmetricKey {
        try KDF.Insecure.PBKDF2.deriveKey(
            from: Array(passphrase.utf8), salt: salt, using: .sha256, outputByteCount: 32,
            unsafeUncheckedRounds: iterations)
    }
}

/// The parts of an `EncryptedPrivateKeyInfo`.
private struct SealedKey {
    let salt: [UInt8]
    let iterations: Int
    let vector: [UInt8]
    let content: [UInt8]

    init(der: [UInt8]) throws {
        let file = try Self.parts(of: DER.parse(der), atLeast: 2)
        let scheme = try Self.parameters(of: file[0], of: .pbes2)
        guard scheme.count == 2 else { throw CredentialError(.malformed, "PBES2 has other parameters") }
        let derivation = try Self.parameters(of: scheme[0], of: .pbkdf2)
        // The length of the key may stand before the function; the cipher has only one. HMAC-SHA-1 is left out.
        guard derivation.count > 2, let function = derivation.last, function.identifier == .sequence else {
            throw CredentialError(.malformed, "PBKDF2 is not with HMAC-SHA-256")
        }
        try Self.expect(.hmacWithSHA256, in: Self.parts(of: function, atLeast: 1)[0])
        let cipher = try Self.parts(of: scheme[1], atLeast: 2)
        try Self.expect(.aes256CBC, in: cipher[0])
        salt = Array(try ASN1OctetString(derEncoded: derivation[0]).bytes)
        iterations = try Int(derEncoded: derivation[1])
        vector = Array(try ASN1OctetString(derEncoded: cipher[1]).bytes)
        content = Array(try ASN1OctetString(derEncoded: file[1]).bytes)
    }

    /// The parameters of an `AlgorithmIdentifier`.
    private static func parameters(of node: ASN1Node, of identifier: ASN1ObjectIdentifier) throws -> [ASN1Node] {
        let algorithm = try parts(of: node, atLeast: 2)
        try expect(identifier, in: algorithm[0])
        return try parts(of: algorithm[1], atLeast: 2)
    }

    private static func parts(of node: ASN1Node, atLeast count: Int) throws -> [ASN1Node] {
        guard node.identifier == .sequence, case .constructed(let nodes) = node.content else {
            throw CredentialError(.malformed, "a sequence is missing")
        }
        let parts = Array(nodes)
        guard parts.count >= count else { throw CredentialError(.malformed, "parts are missing") }
        return parts
    }

    private static func expect(_ identifier: ASN1ObjectIdentifier, in node: ASN1Node) throws {
        let found = try ASN1ObjectIdentifier(derEncoded: node)
        guard found == identifier else { throw CredentialError(.malformed, "the algorithm is \(found)") }
    }
}

extension ASN1ObjectIdentifier {
    fileprivate static let pbes2: Self = [1, 2, 840, 113549, 1, 5, 13]
    fileprivate static let pbkdf2: Self = [1, 2, 840, 113549, 1, 5, 12]
    fileprivate static let hmacWithSHA256: Self = [1, 2, 840, 113549, 2, 9]
    fileprivate static let aes256CBC: Self = [2, 16, 840, 1, 101, 3, 4, 1, 42]
}

extension DER.Serializer {
    fileprivate mutating func appendAlgorithm(
        _ identifier: ASN1ObjectIdentifier, _ parameters: (inout DER.Serializer) throws -> Void
    ) throws {
        try appendConstructedNode(identifier: .sequence) { node in
            try node.serialize(identifier)
            try node.appendConstructedNode(identifier: .sequence) { try parameters(&$0) }
        }
    }
}
