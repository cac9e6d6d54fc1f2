import Foundation
import SwiftASN1

/// The parts of a `CertificateList` that readers decide by.
struct RevocationListContents {
    var signedBytes: ArraySlice<UInt8> = []
    var signature: ArraySlice<UInt8> = []
    var serials: Set<String> = []
    var nextUpdate = Date.distantPast

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
        // Version 2, algorithm, issuer and thisUpdate come before what is needed here.
        guard try Int(derEncoded: &nodes) == 1, nodes.next() != nil, nodes.next() != nil, nodes.next() != nil,
            let next = nodes.next()
        else { throw Self.truncated }
        nextUpdate = try ListTime.date(of: next)
        guard let entries = nodes.next(), entries.identifier == .sequence else { return }
        serials = try DER.sequence(entries, identifier: .sequence) { entryNodes in
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
        while nodes.next() != nil {}
    }

    private static var truncated: CredentialError { CredentialError(.malformed, "parts are missing") }
}
