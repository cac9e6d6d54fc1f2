import InfoserviceStore
import VC3Model

/// What a write does to a project: the owners change it as they like; every member may lend it an allocation of their
/// own or take that back, and leave.
struct ProjectChange {
    let access: AccessCheck
    let old: EntityRecord
    let new: JSONValue

    /// Whether it is of the kind that members may do, who are not owners.
    var isContribution: Bool {
        guard access.identity.role == .user else { return false }
        let relation = Rules.relation(of: access.identity, to: access.view.audience(of: old))
        guard [.projectMember, .projectViewer].contains(relation) else { return false }
        let me = access.identity.name
        var rest = old.spec
        for field in ["members", "roles", "allocations"] { rest[field] = new[field] }
        let members = names("members", old.spec).symmetricDifference(names("members", new))
        let allocations = names("allocations", old.spec).symmetricDifference(names("allocations", new))
        var roles = old.spec["roles"]?.objectValue ?? [:]
        if !names("members", new).contains(me) { roles.removeValue(forKey: me) }
        return rest == new && roles == (new["roles"]?.objectValue ?? [:])
            && members.isSubset(of: names("members", new).contains(me) ? [] : [me])
            && (allocations.isEmpty || relation == .projectMember)
            && allocations.allSatisfy { name in
                access.view[EntityKey(.allocation, name)].map { access.mayDo(.lend, $0) } ?? false
            }
    }

    /// A project's spec without roles of people who were just taken out.
    ///
    /// - Parameter old: `nil` of a new project.
    static func normalized(_ spec: JSONValue, over old: JSONValue?) -> JSONValue {
        guard case .object(var roles)? = spec["roles"] else { return spec }
        let members = names("members", spec)
        let gone = names("members", old ?? [:]).subtracting(members)
        for name in gone { roles.removeValue(forKey: name) }
        var spec = spec
        spec["roles"] = .object(roles)
        return spec
    }

    /// Roles of people who are not in the project.
    static func problems(in spec: JSONValue, owner: String) -> [VC3Error.Problem] {
        let people = names("members", spec).union([owner])
        return (spec["roles"]?.objectValue ?? [:]).keys.sorted().compactMap { name in
            if name == owner, spec["roles"]?[name] != "owner" {
                return .init(field: "spec.roles.\(name)", problem: "owns the project, so the role is owner")
            }
            return people.contains(name)
                ? nil : .init(field: "spec.roles.\(name)", problem: "is not among the members of the project")
        }
    }

    private func names(_ field: String, _ spec: JSONValue) -> Set<String> { Self.names(field, spec) }

    private static func names(_ field: String, _ spec: JSONValue) -> Set<String> {
        Set((spec[field]?.arrayValue ?? []).compactMap(\.stringValue))
    }
}
