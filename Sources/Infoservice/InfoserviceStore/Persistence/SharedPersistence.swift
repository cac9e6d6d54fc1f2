public import VC3Model

/// What other processes wrote.
public enum StoredNews: Sendable, Equatable {
    /// All changes after the revision asked for, in order; the store is at the last one's revision.
    case changes([StoredChange])
    /// History no longer reaches back that far: load everything.
    case compacted
}

/// A persistence on which the stores of several processes work at once.
///
/// A write takes a turn: from ``takeTurn(after:)`` to ``Persistence/commit(_:)`` or ``endTurn()`` nobody else writes, so a
/// write is always decided on the latest state and compare-and-set holds across processes.
public protocol SharedPersistence: Persistence {
    /// One element whenever others may have written: the revision that they reached, or `nil` when it is worth looking.
    /// The first one comes at once. Ends when the persistence is closed.
    var wakeups: AsyncStream<Revision?> { get }

    /// Waits until nobody else writes.
    ///
    /// - Returns: What the caller, who knows the state at `revision`, has missed.
    /// - Throws: ``VC3Error`` `unavailable` when the database is away; there is no turn then.
    func takeTurn(after revision: Revision) async throws -> StoredNews

    /// Gives up a turn in which nothing is to be written.
    func endTurn() async

    /// What happened after `revision`. Never waits for a turn.
    func news(after revision: Revision) async throws -> StoredNews
}
