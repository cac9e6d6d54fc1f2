/// One figure in Graphite's plaintext protocol: `<path> <value> <seconds since 1970>`
/// (graphite.readthedocs.io, "Feeding In Your Data").
public struct GraphiteMetric: Sendable, Equatable {
    /// Levels with dots between them.
    public var path: String
    public var value: Int
    /// Seconds since 1970.
    public var time: Int64

    public init(path: String, value: Int, time: Int64) {
        self.path = path
        self.value = value
        self.time = time
    }

    /// With the newline that ends it.
    public var line: String { "\(path) \(value) \(time)\n" }

    /// A text as one level or several: a character that a path cannot have, which is also a folder's name at the server,
    /// is an underscore.
    ///
    /// - Parameter keepingDots: Whether its dots stay, each of which begins a level.
    public static func level(_ text: String, keepingDots: Bool) -> String {
        String(
            text.map { character in
                if character == "." { return keepingDots ? "." : "_" }
                let isPlain = character.isASCII && (character.isLetter || character.isNumber)
                return isPlain || character == "_" || character == "-" ? character : "_"
            })
    }
}
