/// Why a text is not taken as JSON, and where. Never repeats a value of the text.
public struct JSONTextError: Error, Hashable, Sendable, CustomStringConvertible {
    public let reason: String
    /// In bytes from the beginning.
    public let offset: Int

    public var description: String { "\(reason) (byte \(offset))" }
}
