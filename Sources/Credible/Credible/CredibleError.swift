/// Why Credible cannot give what it was asked for.
public struct CredibleError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// A name given by the caller cannot be used.
        case name
        /// The files of an authority contradict each other, and only a person can say which are right.
        case damaged
        /// The clock of this machine cannot be right.
        case clock
        /// What was asked for rests on a certificate that was taken back.
        case revoked
        /// Another process kept the lock for too long.
        case busy
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
