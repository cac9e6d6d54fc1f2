public import Foundation
import SwiftASN1

/// The revocation lists of one or several authorities, as one file holds them.
public struct RevocationLists: Hashable, Sendable {
    private let lists: [(issuer: String, list: RevocationList)]
    /// How many certificates are taken back.
    public let count: Int

    /// Nothing is taken back.
    public init() { self.init([]) }

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
        self.init(try blocks.map { try Self.list($0, authorities) })
    }

    private init(_ lists: [(issuer: String, list: RevocationList)]) {
        self.lists = lists
        count = Dictionary(grouping: lists, by: \.issuer).values.reduce(0) { count, lists in
            count + lists.dropFirst().reduce(into: lists[0].list.serials) { $0.formUnion($1.list.serials) }.count
        }
    }

    private static func list(
        _ block: PEMDocument, _ authorities: [CertificateDocument]
    ) throws -> (issuer: String, list: RevocationList) {
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

    /// What either of both takes back. A list that another one of its issuer makes needless is left out.
    public func union(_ other: RevocationLists) -> RevocationLists {
        var kept: [(issuer: String, list: RevocationList)] = []
        for candidate in lists + other.lists {
            if kept.contains(where: { $0.issuer == candidate.issuer && $0.list.supersedes(candidate.list) }) {
                continue
            }
            kept.removeAll { $0.issuer == candidate.issuer && candidate.list.supersedes($0.list) }
            kept.append(candidate)
        }
        return RevocationLists(kept)
    }

    /// The newest list of an authority, where one list must do.
    ///
    /// - Parameter issuer: The authority's name, as ``CertificateDocument/issuer``. Without a list of it, the newest of all.
    public func newest(of issuer: String) -> RevocationList? {
        let own = lists.filter { $0.issuer == issuer }
        return (own.isEmpty ? lists : own).map(\.list)
            .max { ($0.number, $0.nextUpdate) < ($1.number, $1.nextUpdate) }
    }

    public var isEmpty: Bool { lists.isEmpty }

    /// All lists in PEM form, one after the other.
    public var pem: String { lists.map(\.list.pem).joined() }

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

    public static func == (left: Self, right: Self) -> Bool { left.lists.map(\.list) == right.lists.map(\.list) }
    public func hash(into hasher: inout Hasher) { hasher.combine(lists.map(\.list)) }
}
