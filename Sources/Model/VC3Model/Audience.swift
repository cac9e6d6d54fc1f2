/// How somebody stands to an entity, the closest relation first.
public enum Relation: String, Sendable, CaseIterable, Hashable {
    case owner
    /// A project that shares it has them as owner, member or viewer.
    case projectOwner = "project owner"
    case projectMember = "project member"
    case projectViewer = "project viewer"
    /// It is for everybody to see.
    case everyone
    case none
}

/// Who stands in which relation to an entity, at one revision of the store.
public struct Audience: Sendable, Equatable {
    public var owner: String
    public var isPublic: Bool
    /// The people of each project that shares the entity.
    public var projects: [[String: ProjectRole]]

    public init(owner: String, isPublic: Bool = false, projects: [[String: ProjectRole]] = []) {
        self.owner = owner
        self.isPublic = isPublic
        self.projects = projects
    }

    /// The closest relation that a user of this name has.
    public func relation(of name: String) -> Relation {
        if owner == name { return .owner }
        let roles = projects.compactMap { $0[name] }
        if roles.contains(.owner) { return .projectOwner }
        if roles.contains(.member) { return .projectMember }
        if roles.contains(.viewer) { return .projectViewer }
        return isPublic ? .everyone : .none
    }
}
