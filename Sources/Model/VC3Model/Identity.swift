/// What a certificate's holder is to the system.
public enum Role: String, Sendable, Codable, Hashable, CaseIterable {
    case admin, user, master, factory, portal, agent
}

/// Who is asking: the pair in a certificate's URI name `vc3://<role>/<name>`.
public struct Identity: Sendable, Hashable, CustomStringConvertible {
    public let role: Role
    public let name: String
    public init(role: Role, name: String) {
        self.role = role
        self.name = name
    }
    public var description: String { "\(role.rawValue) \(name)" }
}
