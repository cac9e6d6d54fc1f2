/// How the ledger, the site and the folders of pilots name a queue of a file: a name that no pilot set can have, and
/// that is one word whatever the section is called.
enum QueueKey {
    private static let prefix = "queue:"

    static func isQueue(_ pilotSet: String) -> Bool { pilotSet.hasPrefix(prefix) }

    static func text(_ name: String, at site: SiteID) -> String { "\(prefix)\(site):\(escaped(name))" }

    /// The section's name.
    static func name(in key: String) -> String {
        let parts = key.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? unescaped(parts[2]) : key
    }

    private static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            let scalar = Unicode.Scalar(byte)
            if byte < 128,
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "._-".contains(Character(scalar))
            {
                text.unicodeScalars.append(scalar)
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text
    }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
