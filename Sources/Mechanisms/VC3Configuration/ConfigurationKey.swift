/// One key that a program understands.
public struct ConfigurationKey: Hashable, Sendable {
    public let section: String
    public let name: String
    /// Completes the sentence "give …"; empty for keys without effect.
    public let allowed: String
    /// The text that has the same effect as leaving the key out; `nil` when the key must be written.
    public let fallback: String?
    public let meaning: String
}
