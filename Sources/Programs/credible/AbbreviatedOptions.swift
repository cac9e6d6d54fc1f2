import ArgumentParser

/// Lets long options be cut to any prefix that only one of them has, as scripts for earlier versions do.
enum AbbreviatedOptions {
    private static let known = [
        "config", "verbose", "debug", "check-config", "caname", "storename", "key-compromised", "help",
    ]

    /// - Throws: A usage error for a prefix that several options share.
    static func expand(_ arguments: [String]) throws -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return try arguments[..<end].map(expand) + arguments[end...]
    }

    private static func expand(_ argument: String) throws -> String {
        guard argument.hasPrefix("--") else { return argument }
        let written = argument.dropFirst(2).prefix { $0 != "=" }
        guard !written.isEmpty, !known.contains(String(written)) else { return argument }
        let candidates = known.filter { $0.hasPrefix(written) }
        guard candidates.count < 2 else {
            throw ValidationError(
                "'--\(written)' is ambiguous: " + candidates.map { "--\($0)" }.joined(separator: ", "))
        }
        return candidates.first.map { "--" + $0 + argument.dropFirst(2 + written.count) } ?? argument
    }
}
