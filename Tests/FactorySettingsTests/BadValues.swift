import Testing
import VC3Configuration

/// What a key must not be given, by what it says that it may.
enum BadValues {
    /// Keys of lists whose words have to be known.
    private static let lists = [
        "schedplugin": ["KeepNRuning", "KeepNRunning, None"], "config.auth.plugin": ["Files", "File VC3"],
        "monitor": ["APF"],
    ]

    static func of(_ key: ConfigurationKey) -> [String] {
        let isOptional = key.allowed.hasSuffix(", or None")
        let allowed = isOptional ? String(key.allowed.dropLast(", or None".count)) : key.allowed
        if let values = lists[key.name] { return values }
        return specific(allowed, of: key) + (isOptional || !isNeeded(allowed) ? [] : [""])
    }

    /// What is said of what is allowed.
    static func promise(of key: ConfigurationKey) -> String {
        lists[key.name] == nil ? "is not allowed; give \(key.allowed)" : ", which is none; give "
    }

    private static func isNeeded(_ allowed: String) -> Bool {
        !["", "any text", "the secret", "words separated by commas"].contains(allowed)
            && !["VARIABLE", "arguments", "paths of files"].contains { allowed.hasPrefix($0) }
    }

    private static func specific(_ allowed: String, of key: ConfigurationKey) -> [String] {
        switch true {
        case ["", "any text", "the secret", "words separated by commas", "some text"].contains(allowed): []
        case allowed.hasPrefix("a whole number"):
            ["many", "1.5", "1 2", "0x1", "99999999999999999999"] + integers(beyond: allowed)
        case allowed.hasPrefix("a number from"): ["much", "-1", "nan", "inf", "1e300"]
        case allowed.hasPrefix("a number of seconds"):
            ["soon", "-1", "5 weeks", "1.5h", "99999999999999999999d"]
                + integers(beyond: String(allowed.prefix { $0 != "," }))
        case allowed.hasPrefix("yes or no"): ["maybe", "2", "True False"]
        case allowed.hasPrefix("False ("): ["True", "maybe"]
        case allowed.hasPrefix("one of "): ["NoneSuch", "a, b"]
        case allowed.hasPrefix("a path"): ["~you/x"]
        case allowed.hasPrefix("paths of files"): ["http://h/q.conf", "/a, ~you/x"]
        case allowed.hasPrefix("File, VC3"): ["Both", "File VC3", "File, VC4"]
        case allowed.hasPrefix("VARIABLE=VALUE"): ["A", "=x", "A=1 B", "A = 1", "1A=x", "A-B=x"]
        case allowed.hasPrefix("arguments"): [#"a "b""#, #""a"#, #""it's""#]
        case allowed.hasPrefix("http://"):
            ["host:1", "http://", "ftp://h", "http://h/", "http://h:0", "http://h:65536", "http://h:x", "http://a b"]
        case allowed.hasPrefix("base64"): ["hunter2!", "c2VjcmV0!"]
        case allowed.hasPrefix("rsa, ed25519"): ["../rsa", "1", "a b"]
        default: unknown(allowed, of: key)
        }
    }

    /// Those next to the range.
    private static func integers(beyond allowed: String) -> [String] {
        let numbers = allowed.split(separator: " ").compactMap { Int($0) }
        guard let least = numbers.first else { return [] }
        return [String(least - 1)] + numbers.dropFirst().map { String($0 + 1) }
    }

    private static func unknown(_ allowed: String, of key: ConfigurationKey) -> [String] {
        Issue.record("[\(key.section)] \(key.name): what is wrong when one may give '\(allowed)'?")
        return []
    }
}
