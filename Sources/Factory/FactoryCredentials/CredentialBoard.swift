import Synchronization
public import VC3Model

/// What is known of all credentials of a Factory, by those who look after them and for those who watch.
public final class CredentialBoard: Sendable {
    /// Whose a credential is: names are unique within one only.
    enum Source {
        /// A profile of `auth.conf`.
        case profile
        /// A private token, which is an entity.
        case privateToken
    }

    private struct Key: Hashable {
        var source: Source
        var name: String
    }

    private let all = Mutex<[Key: CredentialState]>([:])

    public init() {}

    /// By kind and name.
    public var states: [CredentialState] {
        all.withLock { Array($0.values) }.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
    }

    /// What is said of those that profiles have and that end or cannot be used. What users gave has a status of its own.
    public func conditions(at now: Timestamp) -> [Condition] {
        let own = all.withLock { all in all.compactMap { $0.key.source == .profile ? $0.value : nil } }
        return own.filter { $0.life != nil || $0.trouble != nil }.sorted { $0.name < $1.name }
            .map { $0.condition(Self.prefix + $0.name.prefix(100), at: now, mender: .operator) }
    }

    /// How the types of ``conditions(at:)`` begin.
    public static let prefix = "Credential."

    func note(_ state: CredentialState?, _ name: String, from source: Source) {
        all.withLock { $0[Key(source: source, name: name)] = state }
    }
}
