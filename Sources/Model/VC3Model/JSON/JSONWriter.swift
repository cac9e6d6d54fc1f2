/// Writes JSON text (RFC 8259) with members sorted by name and plain slashes, so that equal values have equal bytes.
///
/// What Foundation's encoder with `sortedKeys` writes, in a small part of the time: every read, write, commit and
/// delivery to a watcher passes here.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(reserving capacity: Int = 1536) { bytes.reserveCapacity(capacity) }

    /// Text without any escape: punctuation and names that are known to need none.
    public mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func integer(_ value: some BinaryInteger) { bytes.append(contentsOf: String(value).utf8) }

    public mutating func string(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var written = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[written..<index])
                escape(byte)
                written = index + 1
            }
            bytes.append(contentsOf: utf8[written...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// - Throws: `EncodingError` for a number that JSON cannot express.
    public mutating func value(_ value: JSONValue) throws {
        switch value {
        case .null: raw("null")
        case .bool(let flag): raw(flag ? "true" : "false")
        case .integer(let number): integer(number)
        case .number(let number): try self.number(number)
        case .string(let text): string(text)
        case .array(let items): try array(items) { (writer, item) in try writer.value(item) }
        case .object(let members):
            raw("{")
            var isFirst = true
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if !isFirst { raw(",") }
                isFirst = false
                string(name)
                raw(":")
                try self.value(member)
            }
            raw("}")
        }
    }

    public mutating func array<Item>(
        _ items: [Item], _ write: (inout JSONWriter, Item) throws -> Void
    ) rethrows {
        raw("[")
        for (index, item) in items.enumerated() {
            if index > 0 { raw(",") }
            try write(&self, item)
        }
        raw("]")
    }

    private mutating func number(_ number: Double) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, .init(codingPath: [], debugDescription: "JSON has no number \(number)"))
        }
        let text = number.description
        bytes.append(contentsOf: (text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8)
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x08: raw("\\b")
        case 0x0C: raw("\\f")
        case UInt8(ascii: "\n"): raw("\\n")
        case UInt8(ascii: "\r"): raw("\\r")
        case UInt8(ascii: "\t"): raw("\\t")
        default:
            raw("\\u00")
            for digit in [byte >> 4, byte & 0xF] {
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}

/// What knows how to write itself as JSON; the same text as its `Encodable` form.
public protocol JSONWritable: Sendable {
    func write(to writer: inout JSONWriter) throws
}

extension JSONWritable {
    /// The JSON text, UTF-8.
    public func jsonBytes() throws -> [UInt8] {
        var writer = JSONWriter()
        try write(to: &writer)
        return writer.bytes
    }
}

extension JSONValue: JSONWritable {
    public func write(to writer: inout JSONWriter) throws { try writer.value(self) }
}
