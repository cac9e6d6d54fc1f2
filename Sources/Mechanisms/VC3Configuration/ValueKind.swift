/// How the text of a configuration value becomes a `Value`, and how to say what is allowed.
public struct ValueKind<Value: Sendable>: Sendable {
    /// Completes the sentence "give …".
    public let allowed: String
    /// Stands in for a value that could not be read; never reaches a program, which does not start in that case.
    public let placeholder: Value
    /// Whether the text must not be repeated in messages.
    public let isSecret: Bool

    let parse: @Sendable (String, ConfigurationContext) -> Value?
    let render: @Sendable (Value) -> String

    /// - Parameters:
    ///   - parse: Returns `nil` for text that is not allowed.
    ///   - render: The text that `parse` would turn into the value; shown as the default in documentation.
    public init(
        allowed: String, placeholder: Value, isSecret: Bool = false,
        parse: @escaping @Sendable (String, ConfigurationContext) -> Value?,
        render: @escaping @Sendable (Value) -> String
    ) {
        self.allowed = allowed
        self.placeholder = placeholder
        self.isSecret = isSecret
        self.parse = parse
        self.render = render
    }
}

/// What the meaning of a value may depend on besides its text.
public struct ConfigurationContext: Hashable, Sendable {
    /// What `~` stands for.
    public let homeDirectory: String

    public init(homeDirectory: String) {
        self.homeDirectory = homeDirectory
    }
}
