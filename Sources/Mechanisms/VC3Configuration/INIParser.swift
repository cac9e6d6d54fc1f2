/// Takes the lines of one file, one after the other.
struct INIParser {
    private let file: String
    private var line = 0
    private var document = INIDocument()
    private var section: (name: String, origin: INIOrigin)?
    private var pending: INISection.Entry?
    private var problems: [ConfigurationDiagnostic] = []

    init(file: String) {
        self.file = file
    }

    mutating func consume(_ text: Substring) {
        line += 1
        let stripped = text.trimmingBlanks()
        if stripped.isEmpty || stripped.first == "#" || stripped.first == ";" { return }
        if let first = text.first, first == " " || first == "\t", let entry = pending {
            // As in the original dialect, a continuation line has no inline comments.
            pending = INISection.Entry(
                key: entry.key, rawValue: entry.rawValue + "\n" + stripped, origin: entry.origin)
            return
        }
        flush()
        if stripped.first == "[" {
            header(stripped)
        } else {
            assignment(stripped)
        }
    }

    mutating func finish() throws -> INIDocument {
        flush()
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return document
    }

    private var origin: INIOrigin { INIOrigin(file: file, line: line) }

    private mutating func header(_ text: Substring) {
        guard let end = text.firstIndex(of: "]"), end > text.index(after: text.startIndex) else {
            problems.append(.error("a section heading must look like [name]; found '\(text)'", at: origin))
            return
        }
        let name = String(text[text.index(after: text.startIndex)..<end])
        section = (name, origin)
        document.open(name, origin: origin)
    }

    private mutating func assignment(_ text: Substring) {
        guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }), separator > text.startIndex else {
            // The text is not repeated: it may be the rest of a secret.
            problems.append(.error("this line is neither a comment, a [section] nor 'key = value'", at: origin))
            return
        }
        let key = String(text[..<separator].trimmingBlanks())
        guard section != nil else {
            problems.append(
                .error("key '\(key)' stands before the first section; put its [section] heading above it", at: origin))
            return
        }
        let value = text[text.index(after: separator)...].withoutInlineComment().trimmingBlanks()
        pending = INISection.Entry(key: key, rawValue: value == "\"\"" ? "" : String(value), origin: origin)
    }

    private mutating func flush() {
        if let entry = pending, let section { document.set(entry, in: section.name, origin: section.origin) }
        pending = nil
    }
}

extension Substring {
    func trimmingBlanks() -> Substring {
        var text = drop { $0.isWhitespace }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return text
    }

    /// The text before the first `;` that follows a blank.
    fileprivate func withoutInlineComment() -> Substring {
        var previous: Character?
        for index in indices {
            if self[index] == ";", previous?.isWhitespace == true { return self[..<index] }
            previous = self[index]
        }
        return self
    }
}
