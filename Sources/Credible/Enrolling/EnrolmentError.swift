/// Why a party did not get its certificate.
///
/// Branch on ``code``; show ``message``, which never has the secret.
public struct EnrolmentError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The code is not one, or a part of it is missing.
        case unusableCode
        /// The Infoservice does not know the code, or not any more: used, expired, or tried wrongly too often.
        case refused
        /// Whoever answered is not who the code is about. Nothing secret was sent.
        case untrusted
        /// Nobody answered, or not yet; the same command again goes on.
        case unavailable
        /// A file of this party is in the way, or cannot be read or written.
        case files
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
