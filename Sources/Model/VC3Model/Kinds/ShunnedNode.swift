/// A node of a site that gets no pilots for a while, because they fail there and not elsewhere.
public struct ShunnedNode: Codable, Sendable, Hashable {
    /// In the batch system's words.
    public var node: String
    public var reason: String
    /// When one pilot may try it again.
    public var until: Timestamp

    public init(node: String, reason: String, until: Timestamp) {
        self.node = node
        self.reason = reason
        self.until = until
    }
}
