/// The claims of a pilot's token that can be checked before anybody is asked. The signature is the collector's matter.
public struct JoinToken: Sendable, Hashable {
    public let issuer: String
    /// Seconds since 1970.
    public let expires: Int?
    /// The same.
    public let issued: Int?

    /// Nil when the text is not a JSON web token with an issuer.
    public init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }), let claims = Self.decoded(parts[1]),
            let issuer = Self.string("iss", in: claims)
        else { return nil }
        self.issuer = issuer
        expires = Self.integer("exp", in: claims)
        issued = Self.integer("iat", in: claims)
    }

    /// Base64url without padding (RFC 7515 §2).
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case 65...90: value = byte - 65
            case 97...122: value = byte - 71
            case 48...57: value = byte + 4
            case UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "_"): value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// HTCondor's claims are one flat object. A quote inside a string is escaped, so `"name"` with plain quotes and a
    /// colon behind is a name and not part of a value.
    private static func tail(after name: String, in claims: String) -> Substring? {
        guard let range = claims.firstRange(of: "\"\(name)\"") else { return nil }
        let rest = claims[range.upperBound...].drop { $0 == " " }
        guard rest.first == ":" else { return nil }
        return rest.dropFirst().drop { $0 == " " }
    }

    private static func integer(_ name: String, in claims: String) -> Int? {
        tail(after: name, in: claims).flatMap { Int($0.prefix { $0.isNumber }) }
    }

    private static func string(_ name: String, in claims: String) -> String? {
        guard let rest = tail(after: name, in: claims), rest.first == "\"" else { return nil }
        return String(rest.dropFirst().prefix { $0 != "\"" })
    }
}
