import Crypto

/// The secret part of a code that brings a party its first certificate: 128 random bits.
///
/// Only its holder has the text; the Infoservice keeps the ``digest``. With so many bits a plain hash is as good as a slow one.
public struct EnrolmentSecret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// 26 characters of Crockford's base 32 in lower case: no letter that looks like a digit.
    public let text: String

    /// A new one.
    public init() {
        var bits = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }[...]
        var text = ""
        var rest: (value: UInt32, count: Int) = (0, 0)
        while text.utf8.count < Self.length {
            if rest.count < 5 {
                rest = (rest.value << 8 | UInt32(bits.popFirst() ?? 0), rest.count + 8)
            }
            rest.count -= 5
            text.append(Self.alphabet[Int(rest.value >> UInt32(rest.count) & 31)])
        }
        self.text = text
    }

    /// Reads what was copied, perhaps by hand: in any case, with the letters that look like digits.
    ///
    /// - Returns: `nil` for what ``init()`` cannot have made.
    public init?(text: String) {
        let text = text.lowercased().map { character -> Character in
            switch character {
            case "o": "0"
            case "i", "l": "1"
            default: character
            }
        }
        guard text.count == Self.length, text.allSatisfy(Self.alphabet.contains) else { return nil }
        self.text = String(text)
    }

    /// SHA-256 of the text, in lower-case hexadecimal.
    public var digest: String { Self.digest(of: text) }

    /// What a secret of any text would have as its ``digest``.
    public static func digest(of text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).map { $0.paddedHex.lowercased() }.joined()
    }

    /// Never the secret, so that no log and no error text has it.
    public var description: String { "a secret" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    private static let length = 26
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
}
