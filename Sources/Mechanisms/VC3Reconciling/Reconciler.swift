/// What a reconciler says after one look.
public enum Outcome: Sendable, Equatable {
    /// As wanted; look again only when something changes.
    case done
    /// Look again after this time, even if nothing changes.
    case again(after: Duration)
}

/// Brings the world closer to what one key's entity asks for.
///
/// Level-based: a call carries no event, only the key; it reads what is wanted and what is there, and does the next
/// step. Calling it twice does no harm. It is never called for the same key twice at once.
///
/// Throwing means "not now": the key is tried again with growing delay. What can never succeed is written to a
/// condition instead of thrown.
public protocol Reconciler<Key>: Sendable {
    associatedtype Key: Hashable & Sendable
    func reconcile(_ key: Key) async throws -> Outcome
}
