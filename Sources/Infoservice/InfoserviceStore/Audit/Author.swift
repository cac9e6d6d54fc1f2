public import VC3Model

/// Who makes a write and how, as the audit trail tells it.
public struct Author: Sendable, Equatable {
    public var identity: Identity
    /// Through whom they act: a portal that serves a user.
    public var agent: Identity?
    /// The peer's network address; `nil` for a part of the same process.
    public var origin: String?
    /// One word for what they ask for: create, change, report, delete, remove, …
    public var action: String

    public init(_ identity: Identity, via agent: Identity? = nil, from origin: String? = nil, action: String) {
        self.identity = identity
        self.agent = agent
        self.origin = origin
        self.action = action
    }
}
