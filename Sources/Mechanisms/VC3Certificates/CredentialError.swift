/// What is wrong with a key, a certificate or the file that holds one.
///
/// Branch on ``code``; ``message`` is for people and never contains key material.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    public enum Code: Hashable, Sendable {
        /// The bytes are not what they should be (truncated, wrong type, broken signature).
        case malformed
        /// The input is well formed, but policy does not allow it (weak key, forbidden name).
        case refused
        /// A file that must not be replaced is there already.
        case exists
        /// The operating system refused; the number is its `errno`.
        case system(Int32)
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
