/// Reads `condor_attributes`: submit lines with commas between them. `\,` is a comma, and `\\` before one a backslash.
enum CondorAttributes {
    /// The lines as name and value, or `nil` for a line that has no equals sign.
    static func lines(in text: String) -> [(name: String, value: String)?] {
        split(text).map { $0.trimming(while: \.isWhitespace) }.filter { !$0.isEmpty }.map { line in
            guard let equals = line.firstIndex(of: "=") else { return nil }
            let name = line[..<equals].trimming(while: \.isWhitespace)
            let value = line[line.index(after: equals)...].trimming(while: \.isWhitespace)
            return (String(name), String(value))
        }
    }

    private static func split(_ text: String) -> [Substring] {
        var pieces: [String] = [""]
        var backslashes = 0
        func flush(halved: Bool) {
            pieces[pieces.count - 1] += String(repeating: "\\", count: halved ? backslashes / 2 : backslashes)
            backslashes = 0
        }
        for character in text {
            switch character {
            case "\\":
                backslashes += 1
            case ",":
                let isLiteral = backslashes % 2 == 1
                flush(halved: true)
                if isLiteral { pieces[pieces.count - 1] += "," } else { pieces.append("") }
            default:
                flush(halved: false)
                pieces[pieces.count - 1].append(character)
            }
        }
        flush(halved: false)
        return pieces.map { $0[...] }
    }
}
