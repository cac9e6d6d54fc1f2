/// What a person may do in a project.
public enum ProjectRole: String, Sendable, Codable, Hashable, CaseIterable {
    /// Changes the project as well.
    case owner
    /// Uses its allocations as well.
    case member
    /// Sees it and what it shares.
    case viewer
}

extension Project {
    /// Everybody in a project, and as what: its owner, and the members; one without a role of their own is a member.
    public static func people(of record: EntityRecord) -> [String: ProjectRole] {
        var people: [String: ProjectRole] = [:]
        for name in record.spec["members"]?.arrayValue ?? [] {
            guard let name = name.stringValue else { continue }
            people[name] = record.spec["roles"]?[name]?.stringValue.flatMap(ProjectRole.init) ?? .member
        }
        people[record.metadata.owner] = .owner
        return people
    }
}
