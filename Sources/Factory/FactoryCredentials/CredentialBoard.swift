import Synchronization

/// What is known of all credentials of a Factory, by those who look after them and for those who watch.
public final class CredentialBoard: Sendable {
    private let all = Mutex<[String: CredentialState]>([:])

    public init() {}

    /// By kind and name.
    public var states: [CredentialState] {
        all.withLock { $0.values.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) } }
    }

    /// - Parameter source: Whose credential that is: names are unique within one only.
    func note(_ state: CredentialState?, _ name: String, from source: String) {
        all.withLock { $0["\(source) \(name)"] = state }
    }
}
