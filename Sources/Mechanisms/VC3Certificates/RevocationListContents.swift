import Foundation
import SwiftASN1

/// The parts of a `CertificateList` that readers decide by.
struct RevocationListContents {
    var signedBytes: ArraySlice<UInt8> = []
    var signature: ArraySlice<UInt8> = []
    var serials: Set<String> = []
    var thisUpdate = Date.distantPast
    var nextUpdate = Date.distantPast
    var number = 0

    init(der: [UInt8]) throws {
        self = try DER.sequence(DER.parse(der), identifier: .sequence) { nodes in
            guard let list = nodes.next(), nodes.next() != nil else { throw Self.truncated }
            var contents = try DER.sequence(list, identifier: .sequence) { try Self(listNodes: &$0) }
            contents.signedBytes = list.encodedBytes
            contents.signature = try ASN1BitString(derEncoded: &nodes).bytes
            return contents
        }
    }

    private init(listNodes nodes: inout ASN1NodeCollection.Iterator) throws {
        // Version 2, algorithm and issuer come before what is needed here.
        guard try Int(derEncoded: &nodes) == 1, nodes.next() != nil, nodes.next() != nil, let this = nodes.next(),
            let next = nodes.next()
        else { throw Self.truncated }
        thisUpdate = try ListTime.date(of: this)
        nextUpdate = try ListTime.date(of: next)
        while let node = nodes.next() {
            if node.identifier == .sequence { serials = try Self.serials(node) } else { number = try Self.number(node) }
        }
    }

    private static func serials(_ entries: ASN1Node) throws -> Set<String> {
        try DER.sequence(entries, identifier: .sequence) { entryNodes in
            var serials: Set<String> = []
            while let entry = entryNodes.next() {
                serials.insert(
                    try DER.sequence(entry, identifier: .sequence) { parts in
                        let serial = try ArraySlice<UInt8>(derEncoded: &parts)
                        while parts.next() != nil {}
                        return serial.map(\.paddedHex).joined()
                    })
            }
            return serials
        }
    }

    /// The list's number among its extensions (RFC 5280, section 5.2.3); 0 when there is none that fits.
    private static func number(_ tagged: ASN1Node) throws -> Int {
        var number = 0
        _ = try DER.sequence(tagged, identifier: .init(tagWithNumber: 0, tagClass: .contextSpecific)) { outer in
            guard let extensions = outer.next() else { throw truncated }
            try DER.sequence(extensions, identifier: .sequence) { nodes in
                while let node = nodes.next() {
                    try DER.sequence(node, identifier: .sequence) { parts in
                        let identifier = try ASN1ObjectIdentifier(derEncoded: &parts)
                        while let part = parts.next() {
                            guard identifier == [2, 5, 29, 20], part.identifier == .octetString else { continue }
                            number = (try? Int(derEncoded: ASN1OctetString(derEncoded: part).bytes)) ?? 0
                        }
                    }
                }
            }
        }
        return number
    }

    private static var truncated: CredentialError { CredentialError(.malformed, "parts are missing") }
}
