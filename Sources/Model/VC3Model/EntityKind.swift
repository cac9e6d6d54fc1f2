/// The kinds of things that the Infoservice keeps.
public enum EntityKind: String, CaseIterable, Codable, Sendable, Hashable, Comparable {
    case user, project, resource, nodeinfo, allocation, nodeset, cluster, environment, policy, request
    case provisioner, privatetoken, pairing, pilotset, pilot, pilotlog, lease, event, usage, authority, sitelogin

    public static func < (left: EntityKind, right: EntityKind) -> Bool { left.rawValue < right.rawValue }
}

/// Names one entity: kind and name together are unique in the store.
public struct EntityKey: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let kind: EntityKind
    public let name: String
    public init(_ kind: EntityKind, _ name: String) {
        self.kind = kind
        self.name = name
    }
    public var description: String { "\(kind.rawValue) \(name)" }
    public static func < (left: EntityKey, right: EntityKey) -> Bool {
        (left.kind, left.name) < (right.kind, right.name)
    }
}
