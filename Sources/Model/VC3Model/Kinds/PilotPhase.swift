/// The steps of a pilot's life, in order. Some may be left out.
public enum PilotPhase: String, Codable, Sendable, CaseIterable {
    /// Its pilot set had too few.
    case wanted
    /// It is in the ledger; nothing has been done about it yet.
    case intended
    /// The site took it.
    case submitted
    /// The site lists it as waiting.
    case queued
    /// It runs on a node.
    case started
    /// The node has all that a worker needs.
    case validated
    /// The pool has its slot.
    case joined
    /// It takes no new work.
    case draining
    case ended
}
