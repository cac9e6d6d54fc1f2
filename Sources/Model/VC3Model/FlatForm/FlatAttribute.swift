/// One attribute of an entity in the original's flat form, and where it lies in ours.
public struct FlatAttribute: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        case name
        case owner
        case spec(String)
        case status(String)
        /// A time of the spec, shown as `YYYY-MM-DDTHH:MM:SS` (UTC), which is all that the original's clients read.
        case time(String)
        case derived(Derivation)
    }

    /// What is made up when it is read. Writing back what was shown changes nothing; see ``FlatForm/change(_:named:over:shown:)``
    /// for what else may be written.
    public enum Derivation: Sendable, Hashable {
        /// `validate` while a validation is asked for, else null. Writing `validate` asks for one.
        case validation
        /// base64 of a section for each pilot set, as the original's factory read them.
        case queues
        /// base64 of a section for each allocation, without secrets.
        case logins
        /// Counts by factory, nodeset and queue.
        case rawStatus
        /// Always null: the original kept a secret here, which is a private token now.
        case secret
        /// Always null: the original stored it and never looked at it.
        case accessList
        /// Always `base64`.
        case encoding
    }

    public let name: String
    public let place: Place

    public init(_ name: String, _ place: Place) {
        self.name = name
        self.place = place
    }
}
