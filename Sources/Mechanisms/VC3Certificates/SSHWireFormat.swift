/// Builds the length-prefixed byte strings of RFC 4251, section 5.
struct SSHWireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(raw: some Sequence<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    mutating func append(uint32 value: UInt32) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }

    mutating func append(uint64 value: UInt64) {
        append(uint32: UInt32(truncatingIfNeeded: value >> 32))
        append(uint32: UInt32(truncatingIfNeeded: value))
    }

    mutating func append(string: some Collection<UInt8>) {
        append(uint32: UInt32(string.count))
        append(raw: string)
    }

    mutating func append(string: String) {
        append(string: Array(string.utf8))
    }

    /// Appends a non-negative big-endian number as `mpint`: no leading zeros, but one where the top bit is set.
    mutating func append(magnitude: some Collection<UInt8>) {
        var digits = Array(magnitude.drop { $0 == 0 })
        if let first = digits.first, first & 0x80 != 0 { digits.insert(0, at: 0) }
        append(string: digits)
    }
}

/// Reads the byte strings that ``SSHWireWriter`` builds.
struct SSHWireReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }
    var remaining: [UInt8] { Array(rest) }

    mutating func uint32() -> Int? {
        guard rest.count >= 4 else { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    /// - Returns: `nil` when fewer bytes are left than the length announces.
    mutating func string() -> [UInt8]? {
        guard let length = uint32(), rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return Array(rest.prefix(length))
    }
}
