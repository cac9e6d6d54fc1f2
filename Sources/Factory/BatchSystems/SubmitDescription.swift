/// What `condor_submit` reads: commands in order, and how many jobs.
///
/// Only what cannot be read as anything else is written; see "condor_submit" in HTCondor's manual. Macros such as
/// `$(Cluster)` and `$ENV(HOME)` are HTCondor's to expand.
public struct SubmitDescription: Sendable, Equatable {
    public struct Command: Sendable, Equatable {
        public let name: String
        public let value: String
    }

    public private(set) var commands: [Command] = []

    public init() {}

    /// Adds a command, as written.
    ///
    /// - Returns: Why not, if that is no command: then nothing is added.
    @discardableResult
    public mutating func add(_ name: String, _ value: String) -> String? {
        if let problem = Self.problem(name: name, value: value) { return problem }
        commands.append(Command(name: name, value: value))
        return nil
    }

    /// Adds an attribute of the job whose value is a text: macros are expanded in it, quotes are its own.
    @discardableResult
    public mutating func add(attribute name: String, text: String) -> String? {
        add("+" + name, Self.quoted(text))
    }

    /// Adds the job's environment.
    @discardableResult
    public mutating func add(environment variables: [(name: String, value: String)]) -> String? {
        for variable in variables where !Self.isVariable(variable.name) {
            return "'\(variable.name)' is no name of an environment variable"
        }
        let words = variables.map { "\($0.name)=\(Self.word($0.value))" }
        return add("environment", "\"\(words.joined(separator: " ").replacing("\"", with: "\"\""))\"")
    }

    /// The value that counts of a command: the last one.
    public func value(of name: String) -> String? {
        commands.last { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The text for `condor_submit`, for that many jobs.
    public func text(count: Int) -> String {
        commands.map { "\($0.name) = \($0.value)\n" }.joined() + "queue \(count)\n"
    }

    /// A ClassAd string in the form of submit descriptions: a backslash is one, unless a quote follows that is not the
    /// last character of the line.
    static func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\\\"") + "\"" }

    /// One value of an environment: in single quotes where it needs them, with its own ones doubled.
    static func word(_ text: String) -> String {
        if !text.isEmpty, text.allSatisfy({ $0 != "'" && !$0.isWhitespace }) { return text }
        return "'" + text.replacing("'", with: "''") + "'"
    }

    private static func problem(name: String, value: String) -> String? {
        let bare = name.hasPrefix("+") ? name.dropFirst() : name.hasPrefix("MY.") ? name.dropFirst(3) : name[...]
        guard let first = bare.first, first.isASCII, first.isLetter || first == "_",
            bare.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") })
        else { return "'\(name)' is no name of a submit command" }
        // Words that begin something else than a command.
        let reserved: Set<String> = ["queue", "if", "elif", "else", "endif", "include", "use"]
        if reserved.contains(bare.lowercased()) { return "'\(name)' is no submit command" }
        if let bad = value.unicodeScalars.first(where: { $0.value < 32 || $0.value == 127 }) {
            return "the value of '\(name)' has the control character \(bad.value)"
        }
        // A line that ends so goes on in the next one.
        return value.hasSuffix("\\") ? "the value of '\(name)' ends with a backslash" : nil
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
