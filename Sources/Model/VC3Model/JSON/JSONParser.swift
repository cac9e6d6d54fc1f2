/// Reads JSON text (RFC 8259) and decides what the RFC leaves open: whatever could mean two things is refused.
///
/// Foundation's decoder keeps one of two members of the same name, makes big integers inexact and nests as deeply as the
/// stack goes; here a name stands once in an object, integers have 64 bits, other numbers are within the range of a
/// double, text is valid UTF-8, and values nest at most ``deepest`` deep. A number without a fraction is an integer
/// however it is written, as JSON Schema has it. Errors never repeat values: they may be secrets.
struct JSONParser {
    static let deepest = 64

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// - Throws: ``JSONTextError``.
    static func value(of bytes: [UInt8]) throws(JSONTextError) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value()
        parser.skipBlanks()
        if parser.position < bytes.count { throw parser.error("there is more text after the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func error(_ reason: String, at place: Int? = nil) -> JSONTextError {
        JSONTextError(reason: reason, offset: place ?? position)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Goes past `byte` if it is the next one.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(JSONTextError) -> JSONValue {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return .object(try nested { (parser) throws(JSONTextError) in try parser.members() })
        case UInt8(ascii: "["): return .array(try nested { (parser) throws(JSONTextError) in try parser.elements() })
        case UInt8(ascii: "\""): return .string(try string())
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw error("the text ends where a value is needed")
        default: throw error("a value is needed here")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONTextError) -> JSONValue {
        let start = position
        for index in 0..<text.utf8CodeUnitCount where !take(text.utf8Start[index]) {
            throw error("a value is needed here", at: start)
        }
        return value
    }

    private mutating func nested<Content>(
        _ content: (inout JSONParser) throws(JSONTextError) -> Content
    ) throws(JSONTextError) -> Content {
        depth += 1
        if depth > Self.deepest { throw error("values nest more than \(Self.deepest) deep") }
        position += 1
        let result = try content(&self)
        depth -= 1
        return result
    }

    private mutating func elements() throws(JSONTextError) -> [JSONValue] {
        var elements: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value())
            skipBlanks()
            if take(UInt8(ascii: "]")) { return elements }
            if !take(UInt8(ascii: ",")) { throw error("a list goes on with ',' or ends with ']'") }
        }
    }

    private mutating func members() throws(JSONTextError) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        skipBlanks()
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipBlanks()
            let start = position
            guard next == UInt8(ascii: "\"") else { throw error("a member's name in quotes is needed here") }
            let name = try string()
            skipBlanks()
            if !take(UInt8(ascii: ":")) { throw error("a ':' is needed after a member's name") }
            guard members.updateValue(try value(), forKey: name) == nil else {
                throw error("an object has the member '\(name.prefix(60))' twice", at: start)
            }
            skipBlanks()
            if take(UInt8(ascii: "}")) { return members }
            if !take(UInt8(ascii: ",")) { throw error("an object goes on with ',' or ends with '}'") }
        }
    }
}

// MARK: Numbers

extension JSONParser {
    private mutating func number() throws(JSONTextError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if let byte = next, Self.isDigit(byte) { throw error("a number does not begin with 0") }
        } else {
            try digits()
        }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole {
            guard let value = Int(text) else { throw error("an integer has more than 64 bits", at: start) }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else {
            throw error("a number is beyond the range of a double", at: start)
        }
        // Above 2^53 a double no longer tells neighbouring integers apart.
        if abs(value) <= 9_007_199_254_740_992, let whole = Int(exactly: value) { return .integer(whole) }
        return .number(value)
    }

    private mutating func digits() throws(JSONTextError) {
        let start = position
        while let byte = next, Self.isDigit(byte) { position += 1 }
        if position == start { throw error("a digit is needed here") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

// MARK: Strings

extension JSONParser {
    private mutating func string() throws(JSONTextError) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if next == UInt8(ascii: "\"") {
            let raw = bytes[start..<position]
            position += 1
            return try text(raw, at: start)
        }
        return try text(unescaped(from: start)[...], at: start)
    }

    private func text(_ raw: ArraySlice<UInt8>, at start: Int) throws(JSONTextError) -> String {
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw error("a string is not valid UTF-8", at: start)
        }
        return text
    }

    /// The string that began at `start`, once an escape was seen.
    private mutating func unescaped(from start: Int) throws(JSONTextError) -> [UInt8] {
        var raw = Array(bytes[start..<position])
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return raw
            case UInt8(ascii: "\\"): try escape(into: &raw)
            case 0..<0x20: throw error("a control character in a string must be written as an escape", at: position - 1)
            default: raw.append(byte)
            }
        }
        throw error("a string has no end", at: start)
    }

    private mutating func escape(into raw: inout [UInt8]) throws(JSONTextError) {
        guard let byte = next else { throw error("a string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): raw.append(byte)
        case UInt8(ascii: "b"): raw.append(0x08)
        case UInt8(ascii: "f"): raw.append(0x0C)
        case UInt8(ascii: "n"): raw.append(0x0A)
        case UInt8(ascii: "r"): raw.append(0x0D)
        case UInt8(ascii: "t"): raw.append(0x09)
        case UInt8(ascii: "u"): raw += Array(String(Character(try scalar())).utf8)
        default: throw error("an escape is unknown", at: position - 2)
        }
    }

    /// After `\u`: one scalar, which characters beyond the first plane spell as two surrogates.
    private mutating func scalar() throws(JSONTextError) -> Unicode.Scalar {
        let start = position - 2
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw error("half a surrogate pair stands alone", at: start)
        }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error("half a surrogate pair stands alone", at: start) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONTextError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error("\\u takes four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
