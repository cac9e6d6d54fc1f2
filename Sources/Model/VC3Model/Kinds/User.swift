/// A person. Fields: ``KindSchema``.
public enum User: EntityType {
    public static let kind = EntityKind.user

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var first: String
        public var last: String
        public var email: String
        public var organization: String
        public var identity_id: String?
        public var sshpubstring: String?

        public init(
            first: String, last: String, email: String, organization: String, identity_id: String? = nil,
            sshpubstring: String? = nil
        ) {
            self.first = first
            self.last = last
            self.email = email
            self.organization = organization
            self.identity_id = identity_id
            self.sshpubstring = sshpubstring
        }
    }

    public typealias Status = PlainStatus
}
