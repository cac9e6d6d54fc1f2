import Crypto
import Foundation
import SwiftASN1
import VC3Certificates

/// Signing requests as text and in binary form, as they come; and again signed with a key of our own, because hardly any
/// mutated request passes the check of its signature, and what lies behind it would never be seen.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    examine(try? SigningRequest(pem: text))
    examine(try? SigningRequest(der: bytes))
    let der = (try? PEMDocument(pemString: text))?.derBytes ?? bytes
    if let signed = try? Resigned.request(like: der) { examine(try? SigningRequest(der: signed)) }
    return 0
}

/// What was taken is written and read again, and says the same.
private func examine(_ request: SigningRequest?) {
    guard let request else { return }
    precondition(!request.keyDescription.isEmpty)
    guard let pem = try? request.pem() else { return }
    guard let again = try? SigningRequest(pem: pem) else { preconditionFailure("not read again: \(pem)") }
    precondition(again.subject == request.subject && again.keyDescription == request.keyDescription)
    precondition(again.alternativeNames == request.alternativeNames)
}

/// Makes requests that are signed rightly.
private enum Resigned {
    private static let key = try? P256.Signing.PrivateKey(rawRepresentation: Data(repeating: 1, count: 32))
    private static let ecdsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]

    /// A request with the version, subject and attributes of another one, and a key and signature of our own.
    static func request(like der: [UInt8]) throws -> [UInt8]? {
        guard let key, let info = parts(of: try DER.parse(der))?.first, var parts = parts(of: info), parts.count >= 3
        else {
            return nil
        }
        parts.remove(at: 2)
        var body = DER.Serializer()
        body.appendConstructedNode(identifier: .sequence) { body in
            for (index, part) in parts.enumerated() {
                if index == 2 { body.serializeRawBytes(key.publicKey.derRepresentation) }
                body.serializeRawBytes(part.encodedBytes)
            }
        }
        let signature = try key.signature(for: body.serializedBytes).derRepresentation
        var whole = DER.Serializer()
        try whole.appendConstructedNode(identifier: .sequence) { whole in
            whole.serializeRawBytes(body.serializedBytes)
            try whole.appendConstructedNode(identifier: .sequence) { try $0.serialize(ecdsaWithSHA256) }
            try whole.serialize(ASN1BitString(bytes: ArraySlice(signature)))
        }
        return whole.serializedBytes
    }

    private static func parts(of node: ASN1Node) -> [ASN1Node]? {
        guard case .constructed(let children) = node.content else { return nil }
        return Array(children)
    }
}
