import VC3Configuration

/// A good file with one thing wrong in it, and what has to be said about it.
struct BadLine {
    var bytes: [UInt8]
    /// Counted from 1.
    var line: Int
    /// Each is a part of one remark at that line.
    var words: [String]
    /// A key that nobody knows is told and has no effect; all else keeps the file from being used.
    var isRemark = false
    /// What must not be repeated.
    var secret: String?
}

extension GoodFile {
    /// A line `key = value` of the file.
    struct Assignment {
        var index: Int
        var section: String
        var key: String
    }

    var assignments: [Assignment] {
        var section = ""
        return lines.indices.compactMap { index in
            let line = lines[index]
            if line.hasPrefix("[") { section = String(line.dropFirst().prefix { $0 != "]" }) }
            guard let equals = line.firstIndex(where: { $0 == "=" || $0 == ":" }), let first = line.first,
                !"[#; \t".contains(first)
            else { return nil }
            return Assignment(
                index: index, section: section, key: String(line[..<equals]).filter { !$0.isWhitespace })
        }
    }

    var headings: [Int] { lines.indices.filter { lines[$0].hasPrefix("[") } }

    // MARK: - Values

    /// Each key that is read, whether the file has it or not, with each value that it must not have.
    func badValues() throws -> [BadLine] {
        let document = try INIDocument(parsing: lines.joined(separator: "\n"), file: name)
        return keys(document).flatMap { key in
            BadValues.of(key).map { value in
                BadLine(
                    with(key, value), words: ["[\(key.section)] ", key.name, BadValues.promise(of: key)],
                    secret: key.allowed.hasPrefix("base64") ? value : nil)
            }
        }
    }

    /// References of `%(key)s` that lead nowhere, or back.
    func badReferences() throws -> [BadLine] {
        let document = try INIDocument(parsing: lines.joined(separator: "\n"), file: name)
        return keys(document).filter { !$0.allowed.isEmpty }.flatMap { key in
            [
                ("%(nowhere)s", "refers to %(nowhere)s, which is neither"), ("%(\(key.name))s", "refers to itself"),
                ("a%(nowhere", "unfinished reference"), ("%(nowhere)d", "unfinished reference"),
            ].map { BadLine(with(key, $0), words: ["[\(key.section)] \(key.name) ", $1]) }
        }
    }

    private func with(_ key: ConfigurationKey, _ value: String) -> (lines: [String], index: Int) {
        let line = "\(key.name) = \(value)"
        var lines = lines
        let known = assignments.first { $0.section == key.section && $0.key.lowercased() == key.name.lowercased() }
        if let known {
            lines[known.index] = line
            return (lines, known.index)
        }
        let heading = lines.firstIndex(of: "[\(key.section)]")
        if heading == nil { lines += ["[\(key.section)]"] }
        let index = heading.map { $0 + 1 } ?? lines.count
        lines.insert(line, at: index)
        return (lines, index)
    }

    // MARK: - Lines

    /// Each line of the file, spoilt in each way.
    func badLines() -> [BadLine] {
        assignments.flatMap { spoilt($0) } + headings.flatMap { spoilt(heading: $0) }
            + lines.indices.map { index in
                let before = Array(lines[...index].joined(separator: "\n").utf8)
                let after = Array(lines[(index + 1)...].map { "\n" + $0 }.joined().utf8)
                return BadLine(
                    bytes: before + [0xff] + after, line: index + 1, words: ["not UTF-8", "save the file"])
            }
    }

    private func spoilt(_ line: Assignment) -> [BadLine] {
        let text = lines[line.index]
        var spoilt = [
            BadLine(replacing(line.index, by: "\(line.key) without a sign"), words: ["this line is neither"]),
            BadLine(replacing(line.index, by: "= \(line.key)"), words: ["this line is neither"]),
        ]
        var twice = replacing(line.index, by: text, text.replacing(line.key, with: line.key.uppercased()))
        twice.index += 1
        spoilt.append(
            BadLine(
                twice,
                words: ["[\(line.section)] ", line.key.uppercased(), "is given in line \(line.index + 1) already"]
            ))
        // What ends these names is the writer's own.
        if line.key.contains(".settings.") { return spoilt }
        if name == "mappings.conf" {
            let misspelt = replacing(line.index, by: text.replacing(line.key, with: line.key + "x"))
            return spoilt + [BadLine(misspelt, words: ["[\(line.section)] '\(line.key)x' is no ", "; give one "])]
        }
        spoilt.append(
            BadLine(
                replacing(line.index, by: text.replacing(line.key, with: line.key + "x")),
                words: ["key '\(line.key)x' in [\(line.section)] is not known", "did you mean '"], isRemark: true))
        let indented = replacing(line.index, by: "  " + text)
        if let above = assignments.last(where: { $0.index < line.index }), above.section == line.section {
            spoilt.append(
                BadLine(
                    (indented.lines, above.index),
                    words: ["[\(line.section)] \(above.key) goes on", "the key '\(line.key.lowercased())'"]))
        } else {
            spoilt.append(BadLine(indented, words: ["this line is indented", "begin it without a blank"]))
        }
        return spoilt
    }

    private func spoilt(heading index: Int) -> [BadLine] {
        let heading = lines[index]
        var spoilt = [
            BadLine(
                replacing(index, by: String(heading.dropLast())), words: ["a section heading must look like [name]"]),
            BadLine(replacing(index, by: "[]"), words: ["a section heading must look like [name]"]),
            BadLine(
                (lines + [heading], lines.count),
                words: ["section \(heading) has begun in line \(index + 1) already"]),
        ]
        if index == headings.first, let first = assignments.first {
            spoilt.append(
                BadLine(
                    (Array(lines[..<index] + [""] + lines[(index + 1)...]), first.index),
                    words: ["key '\(first.key)' stands before the first section"]))
        } else {
            spoilt.append(
                BadLine(replacing(index, by: " " + heading), words: ["the section heading '\(heading)' is indented"]))
        }
        return spoilt
    }

    private func replacing(_ index: Int, by others: String...) -> (lines: [String], index: Int) {
        (Array(lines[..<index] + others + lines[(index + 1)...]), index)
    }
}

extension BadLine {
    init(
        _ changed: (lines: [String], index: Int), words: [String], isRemark: Bool = false, secret: String? = nil
    ) {
        self.init(
            bytes: Array(changed.lines.joined(separator: "\n").utf8), line: changed.index + 1, words: words,
            isRemark: isRemark, secret: secret)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}
