public import Foundation
import SwiftASN1

/// The revocation lists of one or several authorities, as one file holds them.
public struct RevocationLists: Hashable, Sendable {
    private let lists: [(issuer: String, list: RevocationList)]

    /// Nothing is taken back.
    public init() { lists = [] }

    /// Reads all PEM blocks.
    ///
    /// - Parameter authorities: One of them must have signed each list.
    /// - Throws: ``CredentialError`` `malformed` for anything but lists, `refused` for one that none of `authorities`
    ///   signed.
    public init(pem: String, signedByOneOf authorities: [CertificateDocument]) throws {
        let blocks: [PEMDocument]
        do {
            blocks = try PEMDocument.parseMultiple(pemString: pem)
        } catch {
            throw CredentialError(.malformed, "not PEM text: \(error)")
        }
        guard !blocks.isEmpty else { throw CredentialError(.malformed, "there is no PEM block in it") }
        lists = try blocks.map { block in
            var refusal = CredentialError(.refused, "the trusted authorities are none")
            for authority in authorities {
                do {
                    return (authority.subject, try RevocationList(block, signedBy: authority))
                } catch let error as CredentialError where error.code == .refused {
                    refusal = CredentialError(
                        .refused, "the revocation list is signed by none of the trusted authorities")
                }
            }
            throw refusal
        }
    }

    /// Whether the authority that issued a certificate has taken it back.
    ///
    /// - Parameters:
    ///   - serial: As ``CertificateDocument/serial``.
    ///   - issuer: As ``CertificateDocument/issuer``; serial numbers are unique for one issuer only.
    public func revoke(serial: String, of issuer: String) -> Bool {
        lists.contains { $0.issuer == issuer && $0.list.serials.contains(serial) }
    }

    /// When the first of the lists is due for renewal; `nil` without lists.
    public var nextUpdate: Date? { lists.map(\.list.nextUpdate).min() }

    /// How many certificates are taken back.
    public var count: Int { lists.reduce(0) { $0 + $1.list.serials.count } }

    public static func == (left: Self, right: Self) -> Bool { left.lists.map(\.list) == right.lists.map(\.list) }
    public func hash(into hasher: inout Hasher) { hasher.combine(lists.map(\.list)) }
}
