/// The rule for names: 1 to 128 characters of `A-Z a-z 0-9 . _ -`, first one a letter or digit.
///
/// These names become file names, job names and parts of URLs at every site, so nothing else is let in.
public enum EntityName {
    public static let longest = 128

    /// What is wrong with `name`, or `nil` when it may be used.
    public static func problem(with name: String) -> String? {
        guard let first = name.utf8.first else { return "is empty" }
        if name.utf8.count > longest { return "is longer than \(longest) characters" }
        if !isLetterOrDigit(first) { return "must begin with a letter or a digit" }
        if let bad = name.unicodeScalars.first(where: { !isAllowed($0) }) {
            return "contains \(bad.debugDescription); allowed are letters, digits, '.', '_' and '-'"
        }
        return nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (isLetterOrDigit(UInt8(scalar.value)) || scalar == "." || scalar == "_" || scalar == "-")
    }
}
