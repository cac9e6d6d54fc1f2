/// `http://HOST[:PORT][/PATH]`, or https, without a slash at the end.
struct WebAddress {
    /// The one that it has, or that of its scheme.
    let port: Int

    /// - Returns: `nil` for text that is no such address.
    init?(text: String) {
        let usual: Int
        let rest: Substring
        switch true {
        case text.hasPrefix("http://"): (usual, rest) = (80, text.dropFirst(7))
        case text.hasPrefix("https://"): (usual, rest) = (443, text.dropFirst(8))
        default: return nil
        }
        guard !rest.isEmpty, !rest.hasPrefix("/"), !rest.hasSuffix("/"),
            rest.allSatisfy({ $0.isASCII && !$0.isWhitespace && $0 != "\"" })
        else { return nil }
        let place = rest.prefix { $0 != "/" }
        // An address of version 6 has colons within its brackets.
        let end = place.lastIndex(of: "]").map { place[$0...] } ?? place
        guard let colon = end.lastIndex(of: ":") else {
            port = usual
            return
        }
        guard colon > place.startIndex, let written = Int(end[end.index(after: colon)...]),
            (1...65_535).contains(written)
        else { return nil }
        port = written
    }
}
