/// What stands in one or several configuration files, before anyone has asked for its meaning.
///
/// The dialect is that of Python 2's `ConfigParser`: `[section]`, `key = value` or `key: value`, comments from `#` or `;`
/// at the beginning of a line, inline comments from a `;` after a blank, continuation by indentation, defaults for all
/// sections in `[DEFAULT]`, and `%(key)s` for the value of another key (`%%` for a percent sign). Beyond that dialect,
/// an indented comment line is a comment and not a part of the value above it; and what could mean two things is refused:
/// in one file a section begins once and has each key once.
public struct INIDocument: Hashable, Sendable {
    /// The sections in order of first appearance, without `[DEFAULT]`.
    public private(set) var sections: [INISection] = []
    private var positions: [String: Int] = [:]
    /// The values that every section falls back on.
    public private(set) var defaults = INISection(
        name: INIDocument.defaultsName, origin: INIOrigin(file: "", line: 0))

    public static let defaultsName = "DEFAULT"

    /// A document without sections.
    public init() {}

    /// - Parameter file: The name for messages; nothing is opened.
    /// - Throws: ``ConfigurationError`` with every line that cannot be understood.
    public init(parsing text: String, file: String) throws {
        var parser = INIParser(file: file)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { parser.consume(line) }
        self = try parser.finish()
    }

    /// - Parameter file: The name for messages; nothing is opened.
    /// - Throws: ``ConfigurationError`` with every line that cannot be understood, or the first that is no UTF-8.
    public init(parsing bytes: some Collection<UInt8>, file: String) throws {
        let isMarked = bytes.starts(with: [0xef, 0xbb, 0xbf])
        let content = Array(bytes.dropFirst(isMarked ? 3 : 0))
        guard let text = String(validating: content, as: UTF8.self) else {
            let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
            throw ConfigurationError([
                .error(
                    "this line is not UTF-8 text; save the file in that encoding",
                    at: INIOrigin(file: file, line: line + 1))
            ])
        }
        self = try INIDocument(parsing: text, file: file)
    }

    public subscript(section name: String) -> INISection? {
        name == Self.defaultsName ? defaults : positions[name].map { sections[$0] }
    }

    /// Both documents in one; where both have a key, `later` wins.
    public func merging(_ later: INIDocument) -> INIDocument {
        var merged = self
        for entry in later.defaults.entries { merged.set(entry, in: Self.defaultsName, origin: later.defaults.origin) }
        for section in later.sections {
            merged.open(section.name, origin: section.origin)
            for entry in section.entries { merged.set(entry, in: section.name, origin: section.origin) }
        }
        return merged
    }

    /// Makes sure that the section exists.
    mutating func open(_ name: String, origin: INIOrigin) {
        guard name != Self.defaultsName, self[section: name] == nil else { return }
        positions[name] = sections.count
        sections.append(INISection(name: name, origin: origin))
    }

    mutating func set(_ entry: INISection.Entry, in name: String, origin: INIOrigin) {
        if name == Self.defaultsName {
            defaults.set(entry)
            return
        }
        open(name, origin: origin)
        guard let position = positions[name] else { return }
        sections[position].set(entry)
    }
}
