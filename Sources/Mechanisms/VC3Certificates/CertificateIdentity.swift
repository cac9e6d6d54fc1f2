/// Who a certificate speaks for: `vc3://<role>/<name>`, carried as the URI in the subject alternative names.
///
/// Names may hold any character; in the URI everything outside the unreserved set of RFC 3986 is percent-encoded, so
/// that one identity has exactly one spelling.
public struct CertificateIdentity: Hashable, Sendable, CustomStringConvertible {
    /// What the bearer is: `user`, `host`, or a component such as `master`. Lower-case letters, digits and hyphens.
    public let role: String
    /// Which one of them.
    public let name: String

    /// - Throws: ``CredentialError`` `refused` for an empty or ill-spelt role, or an empty name.
    public init(role: String, name: String) throws {
        guard Self.isRole(role) else {
            throw CredentialError(
                .refused, "'\(role)' is not a role; a role is made of lower-case letters, digits and hyphens")
        }
        guard !name.isEmpty else { throw CredentialError(.refused, "an identity of role \(role) needs a name") }
        self.role = role
        self.name = name
    }

    /// Reads the one canonical spelling.
    ///
    /// - Returns: `nil` for any other URI, and for a spelling that ``uri`` would not produce.
    public init?(uri: String) {
        guard uri.hasPrefix(Self.scheme) else { return nil }
        let parts = uri.dropFirst(Self.scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isRole(parts[0]), let name = Self.decoded(parts[1]), !name.isEmpty else {
            return nil
        }
        self.role = String(parts[0])
        self.name = name
        guard self.uri == uri else { return nil }
    }

    public var uri: String { Self.scheme + role + "/" + Self.encoded(name) }

    public var description: String { "\(role)/\(name)" }

    private static let scheme = "vc3://"

    private static func isRole(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7a).contains(first) else { return false }
        return text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    }

    private static func encoded(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + byte.paddedHex
            }
        }
        return text
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// Two upper-case hexadecimal digits.
    var paddedHex: String {
        let digits = String(self, radix: 16, uppercase: true)
        return digits.count == 2 ? digits : "0" + digits
    }
}
