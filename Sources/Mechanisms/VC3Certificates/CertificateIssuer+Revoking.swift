import Crypto
import CryptoExtras
public import Foundation
import SwiftASN1
import X509

extension CertificateIssuer {
    /// Signs a list of everything that this authority takes back.
    ///
    /// - Parameters:
    ///   - number: Larger for every later list of this authority.
    ///   - lifetime: When readers should have fetched a newer one.
    public func revocationList(
        _ entries: [RevocationList.Entry], number: Int, at now: Date, lifetime: Duration = .days(30)
    ) throws -> RevocationList {
        let issuer = certificate.certificate
        let algorithm = try issuer.publicKey.listAlgorithm
        // Lists hold whole seconds; the value must equal what a reader gets.
        let thisUpdate = Date(
            timeIntervalSince1970: (now.timeIntervalSince1970 - Self.backdating.inSeconds).rounded(.down))
        let nextUpdate = Date(timeIntervalSince1970: (now.timeIntervalSince1970 + lifetime.inSeconds).rounded(.down))
        var body = DER.Serializer()
        try body.appendConstructedNode(identifier: .sequence) { list in
            try list.serialize(1)  // The number that stands for version 2.
            try algorithm.serialize(into: &list)
            try list.serialize(issuer.subject)
            try ListTime.serialize(thisUpdate, into: &list)
            try ListTime.serialize(nextUpdate, into: &list)
            if !entries.isEmpty {
                try list.appendConstructedNode(identifier: .sequence) { list in
                    for entry in entries { try entry.serialize(into: &list) }
                }
            }
            let keyIdentifier = try issuer.extensions.subjectKeyIdentifier?.keyIdentifier
            try list.appendConstructedNode(identifier: .init(tagWithNumber: 0, tagClass: .contextSpecific)) { list in
                try list.appendConstructedNode(identifier: .sequence) { list in
                    if let keyIdentifier { try list.appendAuthorityKey(keyIdentifier) }
                    try list.appendExtension([2, 5, 29, 20]) { try $0.serialize(number) }
                }
            }
        }
        let signature = try key.signer.sign(bytes: body.serializedBytes, signatureAlgorithm: algorithm.algorithm)
        var list = DER.Serializer()
        try list.appendConstructedNode(identifier: .sequence) { list in
            list.serializeRawBytes(body.serializedBytes)
            try algorithm.serialize(into: &list)
            try list.serialize(ASN1BitString(bytes: signature.rawRepresentation[...]))
        }
        return RevocationList(
            der: list.serializedBytes, serials: Set(entries.map(\.serial)), thisUpdate: thisUpdate,
            nextUpdate: nextUpdate, number: number)
    }
}

/// The algorithm that lists are signed with, as the library and as the list name it (RFC 4055, 5758 and 8410).
struct ListAlgorithm {
    let algorithm: Certificate.SignatureAlgorithm
    let identifier: ASN1ObjectIdentifier
    let hasNullParameters: Bool

    func serialize(into serializer: inout DER.Serializer) throws {
        try serializer.appendConstructedNode(identifier: .sequence) { node in
            try node.serialize(identifier)
            if hasNullParameters { try node.serialize(ASN1Null()) }
        }
    }
}

extension Certificate.PublicKey {
    var listAlgorithm: ListAlgorithm {
        get throws {
            if _RSA.Signing.PublicKey(self) != nil {
                return ListAlgorithm(
                    algorithm: .sha256WithRSAEncryption, identifier: [1, 2, 840, 113549, 1, 1, 11],
                    hasNullParameters: true)
            }
            if P256.Signing.PublicKey(self) != nil {
                return ListAlgorithm(
                    algorithm: .ecdsaWithSHA256, identifier: [1, 2, 840, 10045, 4, 3, 2], hasNullParameters: false)
            }
            if P384.Signing.PublicKey(self) != nil {
                return ListAlgorithm(
                    algorithm: .ecdsaWithSHA384, identifier: [1, 2, 840, 10045, 4, 3, 3], hasNullParameters: false)
            }
            if Curve25519.Signing.PublicKey(self) != nil {
                return ListAlgorithm(algorithm: .ed25519, identifier: [1, 3, 101, 112], hasNullParameters: false)
            }
            throw CredentialError(
                .refused, "revocation lists need an authority with an RSA, P-256, P-384 or Ed25519 key")
        }
    }
}

extension RevocationList.Entry {
    fileprivate func serialize(into serializer: inout DER.Serializer) throws {
        try serializer.appendConstructedNode(identifier: .sequence) { node in
            try node.serialize(try serialBytes())
            try ListTime.serialize(date, into: &node)
            // RFC 5280, section 5.3.1: the reason 'unspecified' is expressed by leaving it out.
            guard reason != .unspecified else { return }
            try node.appendConstructedNode(identifier: .sequence) { node in
                try node.appendExtension([2, 5, 29, 21]) { node in
                    node.appendPrimitiveNode(identifier: .enumerated) { $0.append(reason.rawValue) }
                }
            }
        }
    }

    private func serialBytes() throws -> ArraySlice<UInt8> {
        var bytes: [UInt8] = []
        var rest = serial[...]
        while !rest.isEmpty {
            guard rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) else {
                throw CredentialError(.malformed, "'\(serial)' is no serial number")
            }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes[...]
    }
}

extension DER.Serializer {
    fileprivate mutating func appendExtension(
        _ identifier: ASN1ObjectIdentifier, _ content: (inout DER.Serializer) throws -> Void
    ) throws {
        var inner = DER.Serializer()
        try content(&inner)
        let bytes = inner.serializedBytes
        try appendConstructedNode(identifier: .sequence) { node in
            try node.serialize(identifier)
            try node.serialize(ASN1OctetString(contentBytes: bytes[...]))
        }
    }

    fileprivate mutating func appendAuthorityKey(_ keyIdentifier: ArraySlice<UInt8>) throws {
        try appendExtension([2, 5, 29, 35]) { node in
            node.appendConstructedNode(identifier: .sequence) { node in
                node.appendPrimitiveNode(identifier: .init(tagWithNumber: 0, tagClass: .contextSpecific)) {
                    $0.append(contentsOf: keyIdentifier)
                }
            }
        }
    }
}
