/// The arguments of a job as `arguments` of a submit description has them; see "condor_submit" in HTCondor's manual.
public enum SubmitArguments {
    /// The words, or `nil` for text that is neither of the two forms.
    ///
    /// In double quotes all together: blanks divide words, single quotes keep blanks, and each kind of quote stands for
    /// itself when doubled. Otherwise blanks divide, and `\"` is a double quote.
    public static func words(_ text: String) -> [String]? {
        let text = text.trimmingBlanks()
        guard text.first == "\"" else {
            // A double quote means nothing in this form.
            if text.replacing("\\\"", with: "").contains("\"") { return nil }
            return text.split(whereSeparator: \.isWhitespace).map { String($0).replacing("\\\"", with: "\"") }
        }
        guard text.count >= 2, text.last == "\"" else { return nil }
        let inner = text.dropFirst().dropLast()
        guard !inner.replacing("\"\"", with: "").contains("\"") else { return nil }
        return quoted(String(inner).replacing("\"\"", with: "\""))
    }

    /// Both, one after the other, in the form that they have, or in double quotes when one of them is.
    ///
    /// - Returns: `nil` when one is neither of the two forms.
    public static func joined(_ first: String, _ second: String) -> String? {
        let parts = [first, second].map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        guard parts.allSatisfy({ words($0) != nil }) else { return nil }
        if parts.count < 2 || parts.allSatisfy({ $0.first != "\"" }) { return parts.joined(separator: " ") }
        // As text, not word by word: what a macro becomes is within the quotes that it is written in.
        return "\"" + parts.map(inQuotes).joined(separator: " ") + "\""
    }

    /// Text of either form as it stands within double quotes.
    private static func inQuotes(_ text: String) -> String {
        if text.first == "\"" { return String(text.dropFirst().dropLast()) }
        return text.replacing("'", with: "''''").replacing("\\\"", with: "\"\"")
    }

    private static func quoted(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "'" {
                if isQuoted, rest.first == "'" {
                    rest.removeFirst()
                    word = (word ?? "") + "'"
                } else {
                    isQuoted.toggle()
                    word = word ?? ""
                }
            } else if character.isWhitespace, !isQuoted {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if isQuoted { return nil }
        return words + (word.map { [$0] } ?? [])
    }
}

extension String {
    fileprivate func trimmingBlanks() -> String {
        var text = self[...].drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
