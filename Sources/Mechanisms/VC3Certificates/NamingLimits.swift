import Foundation
import SwiftASN1
import X509

/// The names that an authority may certify at all (name constraints, RFC 5280, section 4.2.1.10). Readers refuse every
/// certificate below it with another name, whatever becomes of the authority's key.
public struct NamingLimits: Hashable, Sendable {
    /// Domains, each with everything below it, in lower case; empty for any.
    public let domains: [String]
    /// Networks of addresses as `10.0.0.0/8`; empty for any.
    public let networks: [String]

    /// Any name.
    public static let none = NamingLimits(uncheckedDomains: [], networks: [])

    /// - Throws: ``CredentialError`` `refused` for what is neither a domain nor a network.
    public init(domains: [String], networks: [String]) throws {
        for domain in domains where !Self.isDomain(domain) {
            throw CredentialError(.refused, "'\(domain)' is no domain; write it as example.org")
        }
        self.domains = domains.map { $0.lowercased() }
        self.networks = try networks.map { text in
            guard let network = Network(text) else {
                throw CredentialError(.refused, "'\(text)' is no network; write it as 10.0.0.0/8 or 2001:db8::/32")
            }
            return network.text
        }
    }

    private init(uncheckedDomains: [String], networks: [String]) {
        domains = uncheckedDomains
        self.networks = networks
    }

    public var isEmpty: Bool { domains.isEmpty && networks.isEmpty }

    /// Whether a certificate may carry this name. URIs are not limited.
    ///
    /// A limit on one sort of name leaves the other sorts free, so a list of domains alone allows every address.
    public func allow(_ name: AlternativeName) -> Bool {
        switch name {
        case .dns(let host):
            domains.isEmpty || domains.contains { host.lowercased() == $0 || host.lowercased().hasSuffix("." + $0) }
        case .ip(let address):
            networks.isEmpty || networks.contains { Network($0)?.contains(address) ?? false }
        case .uri: true
        }
    }

    /// The limits of a certificate.
    ///
    /// - Returns: ``none`` for a certificate without them.
    init(of certificate: Certificate) throws {
        guard let constraints = try certificate.extensions.nameConstraints else {
            self = .none
            return
        }
        var (domains, networks) = ([String](), [String]())
        for subtree in constraints.permittedSubtrees {
            switch subtree {
            case .dnsName(let domain): domains.append(domain)
            case .ipAddress(let octets):
                if let network = Network(bytes: Array(octets.bytes)) { networks.append(network.text) }
            default: continue
            }
        }
        self.init(uncheckedDomains: domains, networks: networks)
    }

    var constraints: NameConstraints {
        NameConstraints(
            permittedSubtrees: domains.map { .dnsName($0) }
                + networks.compactMap { Network($0) }.map { .ipAddress(ASN1OctetString(contentBytes: $0.bytes[...])) },
            excludedSubtrees: [])
    }

    private static func isDomain(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return !labels.isEmpty
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }
    }
}

/// An address and a mask of the same length, as certificates write a network.
private struct Network {
    let bytes: [UInt8]

    /// - Returns: `nil` for text of another form, and for a network with bits behind its mask.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = AddressBytes(String(parts[0]))?.bytes, let length = Int(parts[1]),
            (0...address.count * 8).contains(length)
        else { return nil }
        let mask = (0..<address.count).map { index -> UInt8 in
            let bits = min(max(length - index * 8, 0), 8)
            return UInt8(truncatingIfNeeded: 0xff00 >> bits)
        }
        guard zip(address, mask).allSatisfy({ $0 & ~$1 == 0 }) else { return nil }
        bytes = address + mask
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == 8 || bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    var text: String {
        let half = bytes.count / 2
        let length = bytes.suffix(half).reduce(0) { $0 + $1.nonzeroBitCount }
        return (AddressBytes.text(of: Array(bytes.prefix(half))) ?? "?") + "/\(length)"
    }

    func contains(_ address: String) -> Bool {
        let half = bytes.count / 2
        guard let other = AddressBytes(address)?.bytes, other.count == half else { return false }
        return (0..<half).allSatisfy { other[$0] & bytes[half + $0] == bytes[$0] }
    }
}
