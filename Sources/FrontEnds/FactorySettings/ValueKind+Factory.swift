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

extension ValueKind where Value == String {
    /// `http://HOST[:PORT][/PATH]`, or https.
    static var webAddress: Self {
        Self(
            allowed: "http://HOST:PORT or https://HOST:PORT, without a slash at the end", placeholder: "",
            parse: { text, _ in
                let rest =
                    text.hasPrefix("http://") ? text.dropFirst(7) : text.hasPrefix("https://") ? text.dropFirst(8) : ""
                let isPlain = rest.allSatisfy { $0.isASCII && !$0.isWhitespace && $0 != "\"" }
                return rest.isEmpty || rest.hasPrefix("/") || rest.hasSuffix("/") || !isPlain ? nil : text
            },
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
