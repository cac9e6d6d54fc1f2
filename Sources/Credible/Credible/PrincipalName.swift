/// A name that is safe as a part of a path and honest in print: what it shows is what it is.
public struct PrincipalName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public var description: String { text }

    /// Room is left for the suffixes of key files and for the names of unfinished ones: a file name has 255 bytes.
    static let limit = 200

    /// Any name of a person or principal.
    ///
    /// - Parameter argument: What the caller calls the name; it stands in the error.
    /// - Throws: ``CredibleError`` `name`.
    public init(_ text: String, argument: String) throws {
        func refused(_ obstacle: String) -> CredibleError {
            let shown = text.unicodeScalars.prefix(64).map { $0.escaped(asASCII: true) }.joined()
            return CredibleError(.name, "\(argument) '\(shown)' \(obstacle)")
        }
        guard !text.isEmpty else { throw CredibleError(.name, "\(argument) is empty") }
        guard text.utf8.count <= Self.limit else { throw refused("is longer than \(Self.limit) bytes") }
        guard !text.contains("/"), !text.contains("..") else { throw refused("must contain neither '/' nor '..'") }
        guard let first = text.first, first != ".", first != "-", !first.isWhitespace, text.last?.isWhitespace == false
        else { throw refused("must not begin with '.', '-' or a blank, nor end with a blank") }
        guard text.unicodeScalars.allSatisfy(Self.isPrintable) else {
            throw refused("must not contain control, formatting or unassigned characters")
        }
        self.text = text
    }

    /// A host name or an address. Host names are the same whatever their case; the lower-case form is kept.
    public init(host: String, argument: String) throws {
        let name = try PrincipalName(host.lowercased(), argument: argument)
        guard name.text.utf8.allSatisfy({ Self.isPlain($0) || $0 == UInt8(ascii: ":") }) else {
            throw CredibleError(
                .name, "\(argument) '\(name)' is no host name: use letters, digits, '.', '-', '_', or give an address")
        }
        self = name
    }

    /// The name of an authority or a store.
    public init(plain: String, argument: String) throws {
        let name = try PrincipalName(plain, argument: argument)
        guard name.text.utf8.allSatisfy(Self.isPlain) else {
            throw CredibleError(.name, "\(argument) '\(name)' may contain only letters, digits, '.', '-' and '_'")
        }
        self = name
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
