/// How far the replacement of an allocation's key pair has come: written down before each step is taken.
public struct KeyRotation: Codable, Sendable, Hashable {
    public enum Step: String, Codable, Sendable, Hashable, CaseIterable {
        /// The new key is made; it has to be accepted at the site beside the old one.
        case installing
        /// A login with the new key alone succeeded; it takes the old one's place here.
        case publishing
        /// The Factory is to log in with it, too.
        case settling
        /// The old key's line is to go at the site.
        case retiring
    }

    /// The value of `rotate` that asked for it.
    public var request: Int
    public var step: Step
    /// The new public key line.
    public var newkey: String
    /// Public key lines that the site must forget in the end.
    public var oldkeys: [String]
    /// When the step began.
    public var since: Timestamp

    public init(request: Int, step: Step = .installing, newkey: String, oldkeys: [String], since: Timestamp) {
        self.request = request
        self.step = step
        self.newkey = newkey
        self.oldkeys = oldkeys
        self.since = since
    }
}
