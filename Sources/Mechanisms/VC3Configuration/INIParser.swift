/// Takes the lines of one file, one after the other.
struct INIParser {
    private let file: String
    private var line = 0
    private var document = INIDocument()
    private var place = Place.beforeAny
    /// The lines of headings.
    private var headings: [String: Int] = [:]
    private var pending: INISection.Entry?
    private var problems: [ConfigurationDiagnostic] = []

    private enum Place {
        case beforeAny
        case section(String, INIOrigin)
        /// Below a heading that cannot be understood: whose keys follow is not known.
        case unknown
    }

    init(file: String) {
        self.file = file
    }

    mutating func consume(_ text: Substring) {
        line += 1
        let stripped = text.trimmingBlanks()
        if stripped.isEmpty || stripped.first == "#" || stripped.first == ";" { return }
        if let first = text.first, first == " " || first == "\t" {
            continuation(stripped)
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

    private mutating func continuation(_ text: Substring) {
        guard let entry = pending else {
            if case .unknown = place { return }
            // Taken for a key, the next indented one would be a part of its value.
            problems.append(
                .error(
                    "this line is indented, and no value above it goes on here; begin it without a blank", at: origin))
            return
        }
        if Self.looksLikeHeading(text) {
            // As a part of the value it would give the keys below it to the section above it.
            problems.append(
                .error("the section heading '\(text)' is indented; begin the line without a blank", at: origin))
            return
        }
        // As in the original dialect, a continuation line has no inline comments.
        pending = INISection.Entry(key: entry.key, rawValue: entry.rawValue + "\n" + text, origin: entry.origin)
    }

    private static func looksLikeHeading(_ text: Substring) -> Bool {
        text.count > 2 && text.first == "[" && text.last == "]"
            && text.dropFirst().dropLast().allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
    }

    private mutating func header(_ text: Substring) {
        guard let end = text.firstIndex(of: "]"), end > text.index(after: text.startIndex) else {
            problems.append(.error("a section heading must look like [name]; found '\(text)'", at: origin))
            place = .unknown
            return
        }
        let name = String(text[text.index(after: text.startIndex)..<end])
        place = .section(name, origin)
        if let earlier = headings[name] {
            problems.append(
                .error(
                    "section [\(name)] has begun in line \(earlier) already; put these keys there, or give one of them"
                        + " another name", at: origin))
            return
        }
        headings[name] = line
        document.open(name, origin: origin)
    }

    private mutating func assignment(_ text: Substring) {
        guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }), separator > text.startIndex else {
            // The text is not repeated: it may be the rest of a secret.
            problems.append(
                .error(
                    "this line is neither a comment, a [section] nor 'key = value'; what goes on with the line above it"
                        + " is indented", at: origin))
            return
        }
        let key = String(text[..<separator].trimmingBlanks())
        switch place {
        case .unknown: return
        case .beforeAny:
            problems.append(
                .error("key '\(key)' stands before the first section; put its [section] heading above it", at: origin))
        case .section(let section, _):
            if let earlier = document[section: section]?[key] {
                problems.append(
                    .error(
                        "[\(section)] \(key) is given in line \(earlier.origin.line) already; leave one of them out",
                        at: origin))
            }
            let value = text[text.index(after: separator)...].withoutInlineComment().trimmingBlanks()
            pending = INISection.Entry(key: key, rawValue: value == "\"\"" ? "" : String(value), origin: origin)
        }
    }

    private mutating func flush() {
        if let entry = pending, case .section(let name, let origin) = place {
            document.set(entry, in: name, origin: origin)
        }
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
