/// What the path of a request names.
///
/// It is read as it came, in the one form that is sound: each part is decoded once, after the path was taken apart, so no
/// part can come to hold a slash, and none is read twice.
enum LogPlace: Equatable {
    case top
    case robots
    case day(String)
    case queue(LogFolderName)
    case file(LogFolderName, String)

    /// - Parameter path: Of the request's target, percent-encoded, without a query.
    init?(path: String) {
        guard path.hasPrefix("/"), path.utf8.count <= 4096 else { return nil }
        var rest = path.dropFirst()
        // A folder may be written with a slash at its end.
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let parts =
            rest.isEmpty ? [] : rest.split(separator: "/", omittingEmptySubsequences: false).map { Self.decoded($0) }
        let names = parts.compactMap(\.self)
        guard names.count == parts.count else { return nil }
        if names == ["robots.txt"] {
            self = .robots
            return
        }
        guard let day = names.first else {
            self = .top
            return
        }
        guard LogFolderName.isDay(day) else { return nil }
        switch names.count {
        case 1: self = .day(day)
        case 2: self = .queue(LogFolderName(day: day, folder: names[1]))
        case 3 where !path.hasSuffix("/"): self = .file(LogFolderName(day: day, folder: names[1]), names[2])
        default: return nil
        }
    }

    /// What may be the name of a log or its folder; hidden ones are none of a reader's business.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && !text.hasPrefix(".")
            && !text.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 32 || $0.value == 127 }
    }

    private static func decoded(_ part: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = part.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self), isName(text) else { return nil }
        return text
    }
}

/// One queue's folder of one day.
struct LogFolderName: Sendable, Hashable {
    /// `YYYY-MM-DD`
    var day: String
    var folder: String

    static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [4, 2, 2]
            && parts.allSatisfy { $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
    }
}
