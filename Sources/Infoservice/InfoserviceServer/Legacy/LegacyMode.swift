/// Whether the original's wire protocol is served.
public enum LegacyMode: String, Sendable, CaseIterable {
    case on
    case off
    /// Writes are refused.
    case readonly
}
