import BatchSystems
import VC3Configuration

extension ValueKind where Value == [String] {
    /// Paths with commas between them, each plain or as `file://`.
    static var files: Self {
        Self(
            allowed: "paths of files with commas between them, each plain or after file://", placeholder: [],
            parse: { text, context in
                var files: [String] = []
                for word in text.split(separator: ",").map({ $0.trimming(while: \.isWhitespace) }) where !word.isEmpty {
                    let path = word.hasPrefix("file://") ? word.dropFirst("file://".count) : word
                    switch true {
                    case path.hasPrefix("~/"): files.append(context.homeDirectory + path.dropFirst(1))
                    case path.contains("://") || path.hasPrefix("~") || path.contains(where: \.isNewline): return nil
                    default: files.append(String(path))
                    }
                }
                return files
            },
            render: { $0.joined(separator: ", ") })
    }
}

extension ValueKind where Value == [FactoryKeys.Reconfiguration.Source] {
    static var sources: Self {
        Self(
            allowed: "File, VC3, or both with a comma between them", placeholder: [],
            parse: { text, _ in
                let words = text.split(separator: ",").map { $0.trimming(while: \.isWhitespace) }.filter { !$0.isEmpty }
                let sources = words.compactMap { word in
                    FactoryKeys.Reconfiguration.Source.allCases.first { $0.rawValue.lowercased() == word.lowercased() }
                }
                return sources.count == words.count && !words.isEmpty ? sources : nil
            },
            render: { $0.map(\.rawValue).joined(separator: ", ") })
    }
}

extension ValueKind where Value == Bool {
    /// What cannot be had, and has to be given up in so many words.
    static func no(since reason: String) -> Self {
        Self(
            allowed: "False (\(reason))", placeholder: false,
            parse: { text, _ in ["0", "no", "false", "off"].contains(text.lowercased()) ? false : nil },
            render: { _ in "False" })
    }
}

/// One variable of a job's environment.
public struct EnvironmentVariable: Sendable, Equatable {
    public var name: String
    public var value: String
}

extension ValueKind where Value == [EnvironmentVariable] {
    /// `NAME=VALUE`, with blanks between them.
    static var variables: Self {
        Self(
            allowed: "VARIABLE=VALUE, several with blanks between them", placeholder: [],
            parse: { text, _ in
                let words = text.split(whereSeparator: \.isWhitespace)
                let variables = words.compactMap { word -> EnvironmentVariable? in
                    guard let equals = word.firstIndex(of: "="), isName(word[..<equals]) else { return nil }
                    return EnvironmentVariable(
                        name: String(word[..<equals]), value: String(word[word.index(after: equals)...]))
                }
                return variables.count == words.count ? variables : nil
            },
            render: { $0.map { "\($0.name)=\($0.value)" }.joined(separator: " ") })
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, !first.isNumber else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}

extension ValueKind where Value == String {
    /// What `arguments` of a submit description is.
    static var arguments: Self {
        Self(
            allowed: "arguments as HTCondor has them, words with blanks between them or all in double quotes",
            placeholder: "", parse: { text, _ in SubmitArguments.words(text) == nil ? nil : text }, render: { $0 })
    }

    /// `http://HOST[:PORT][/PATH]`, or https.
    static var webAddress: Self {
        Self(
            allowed: "http://HOST:PORT or https://HOST:PORT, without a slash at the end", placeholder: "",
            parse: { text, _ in WebAddress(text: text) == nil ? nil : text },
            render: { $0 })
    }
}

extension Substring {
    func trimming(while isSurplus: (Character) -> Bool) -> Substring {
        var text = drop(while: isSurplus)
        while let last = text.last, isSurplus(last) { text.removeLast() }
        return text
    }
}
