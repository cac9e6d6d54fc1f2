import ArgumentParser

/// Lets long options be cut to any prefix that only one of them has, as scripts for earlier versions do.
enum AbbreviatedOptions {
    /// What earlier versions had: a prefix that only one of these has means it, whatever came later.
    private static let original = ["config", "verbose", "debug", "caname", "storename", "help"]
    private static let later = [
        "check-config", "key-compromised", "fullchain", "order", "output", "name", "names-from-request", "new-key",
        "host",
        "user", "identifier", "lifetime", "serials", "authority",
    ]

    /// - Throws: A usage error for a prefix that several options share.
    static func expand(_ arguments: [String]) throws -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return try arguments[..<end].map(expand) + arguments[end...]
    }

    private static func expand(_ argument: String) throws -> String {
        guard argument.hasPrefix("--") else { return argument }
        let written = argument.dropFirst(2).prefix { $0 != "=" }
        guard !written.isEmpty, !(original + later).contains(String(written)) else { return argument }
        var candidates = original.filter { $0.hasPrefix(written) }
        if candidates.count != 1 { candidates += later.filter { $0.hasPrefix(written) } }
        guard candidates.count < 2 else {
            throw ValidationError(
                "'--\(written)' is ambiguous: " + candidates.map { "--\($0)" }.joined(separator: ", "))
        }
        return candidates.first.map { "--" + $0 + argument.dropFirst(2 + written.count) } ?? argument
    }
}
