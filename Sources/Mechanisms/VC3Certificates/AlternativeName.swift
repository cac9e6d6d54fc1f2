import Foundation
import SwiftASN1
import X509

/// One entry of a certificate's subject alternative names.
public enum AlternativeName: Hashable, Sendable, CustomStringConvertible {
    case dns(String)
    /// An address in text form, as `inet_pton(3)` reads it.
    case ip(String)
    case uri(String)

    /// The entry for whatever a client would write to reach a host: an address, or else a DNS name.
    public init(host: String) {
        let name: AlternativeName = AddressBytes(host) == nil ? .dns(host) : .ip(host)
        self = name.canonical
    }

    /// The spelling that reading a certificate would give: the same names compare as equal.
    public var canonical: AlternativeName {
        switch self {
        case .dns(let name): .dns(name.lowercased())
        case .ip(let address): .ip(AddressBytes(address).flatMap { AddressBytes.text(of: $0.bytes) } ?? address)
        case .uri: self
        }
    }

    public var description: String {
        switch self {
        case .dns(let name): "DNS:\(name)"
        case .ip(let address): "IP:\(address)"
        case .uri(let uri): "URI:\(uri)"
        }
    }

    /// - Returns: `nil` for entries of other types.
    init?(_ name: GeneralName) {
        switch name {
        case .dnsName(let name): self = .dns(name)
        case .uniformResourceIdentifier(let uri): self = .uri(uri)
        case .ipAddress(let octets):
            guard let text = AddressBytes.text(of: Array(octets.bytes)) else { return nil }
            self = .ip(text)
        default: return nil
        }
    }

    func generalName() throws -> GeneralName {
        switch self {
        case .dns(let name):
            guard Self.isPrintableASCII(name) else { throw refusal(of: name) }
            return .dnsName(name)
        case .ip(let address):
            guard let bytes = AddressBytes(address) else { throw refusal(of: address) }
            return .ipAddress(ASN1OctetString(contentBytes: bytes.bytes[...]))
        case .uri(let uri):
            guard Self.isPrintableASCII(uri) else { throw refusal(of: uri) }
            return .uniformResourceIdentifier(uri)
        }
    }

    private func refusal(of value: String) -> CredentialError {
        CredentialError(.refused, "'\(value)' cannot stand in a certificate as \(description.prefix { $0 != ":" })")
    }

    private static func isPrintableASCII(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}

/// An IPv4 or IPv6 address in network byte order.
struct AddressBytes {
    let bytes: [UInt8]

    init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer.prefix(4))
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            bytes = buffer
        } else {
            return nil
        }
    }

    static func text(of bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
