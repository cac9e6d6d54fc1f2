public import VC3Model

/// Parameters in a query string or a body of type `application/x-www-form-urlencoded`.
///
/// `+` is a blank and `%XX` a byte of UTF-8. A `%` that no two hexadecimal digits follow stands for itself, as in the
/// original, because its clients do not escape names. A parameter that stands there twice is refused, not guessed.
public struct FormParameters: Sendable, Equatable {
    private var values: [String: String] = [:]

    public init() {}

    /// - Throws: ``VC3Error`` `invalid`. Values are never repeated in it: they may be secrets.
    public init(parsing text: Substring) throws(VC3Error) {
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let sign = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            try set(Self.decoded(pair[..<sign]), Self.decoded(pair[sign...].dropFirst()))
        }
    }

    public subscript(name: String) -> String? { values[name] }

    public var names: Set<String> { Set(values.keys) }

    /// These and `others` together.
    ///
    /// - Throws: ``VC3Error`` `invalid` when both have a parameter.
    public func joined(with others: FormParameters) throws(VC3Error) -> FormParameters {
        var all = self
        for (name, value) in others.values { try all.set(name, value) }
        return all
    }

    /// A parameter in a message: a name that looks like one, else nothing of it; what a client forgot to escape may be the
    /// rest of a secret.
    public static func shown(_ name: String) -> String {
        let isName = name.utf8.count <= 24 && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        return isName ? "the parameter '\(name)'" : "a parameter"
    }

    private mutating func set(_ name: String, _ value: String) throws(VC3Error) {
        guard values.updateValue(value, forKey: name) == nil else {
            throw VC3Error(.invalid, "\(Self.shown(name)) is given twice")
        }
    }

    private static func decoded(_ text: Substring.UTF8View) throws(VC3Error) -> String {
        let bytes = Array(text)
        var raw: [UInt8] = []
        raw.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = nibble(bytes[index + 1]),
                let low = nibble(bytes[index + 2])
            {
                raw.append(high << 4 | low)
                index += 3
            } else {
                raw.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        guard let decoded = String(validating: raw, as: UTF8.self) else {
            throw VC3Error(.invalid, "the parameters are not UTF-8")
        }
        return decoded
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
