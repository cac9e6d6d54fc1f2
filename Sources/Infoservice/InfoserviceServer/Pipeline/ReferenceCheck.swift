import InfoserviceStore
import VC3Model

/// Whether what a write names is there and may be named. Only what the write adds is looked at: what became of the rest
/// meanwhile is no fault of this write.
struct ReferenceCheck {
    let access: AccessCheck
    let key: EntityKey
    /// `nil` of a new entity.
    let old: JSONValue?
    let new: JSONValue

    private var view: StoreView { access.view }

    /// Everything that is wrong with the references, each with its field.
    var problems: [VC3Error.Problem] {
        added.compactMap { link in problem(with: link).map { .init(field: link.field, problem: $0) } }
            + foreignAllocations + missingNamesake
    }

    /// A login to a site has the name of its allocation.
    private var missingNamesake: [VC3Error.Problem] {
        guard key.kind == .sitelogin, old == nil, view[EntityKey(.allocation, key.name)] == nil else { return [] }
        return [.init(field: "name", problem: "there is no allocation \(key.name) to log in for")]
    }

    /// - Throws: ``VC3Error`` `forbidden` when something is named that others did not give to this caller.
    func enforce() throws {
        for link in added {
            guard let target = view[link.target] else { continue }
            switch (key.kind, target.metadata.kind) {
            case (.request, .project): try access.enforce(.use, target)
            case (.project, .allocation): try access.enforce(.lend, target)
            default: break
            }
        }
        // Who may change the account may log in to it.
        if key.kind == .sitelogin, old == nil, let allocation = view[EntityKey(.allocation, key.name)] {
            try access.enforce(.writeSpec, allocation)
        }
    }

    private var added: [EntityLink] {
        let schema = KindSchema.of(key.kind)
        let known = Set(old.map { schema.links(in: $0).map(\.target) } ?? [])
        return schema.links(in: new).filter { $0.isHeld && !known.contains($0.target) }
    }

    private func problem(with link: EntityLink) -> String? {
        guard let target = view[link.target] else { return "\(link.target) does not exist" }
        if target.metadata.deleting != nil { return "\(link.target) is being deleted" }
        // Everybody may be made a member by name.
        if key.kind == .project, link.target.kind == .user { return nil }
        return access.mayDo(.read, target) ? nil : "\(link.target) is not shared with \(access.identity)"
    }

    /// A request runs on allocations of its project.
    private var foreignAllocations: [VC3Error.Problem] {
        guard key.kind == .request, let name = new["project"]?.stringValue,
            let project = view[EntityKey(.project, name)]
        else { return [] }
        let lent = Set((project.spec["allocations"]?.arrayValue ?? []).compactMap(\.stringValue))
        let isSameProject = old?["project"]?.stringValue == name
        let known = isSameProject ? Set((old?["allocations"]?.arrayValue ?? []).compactMap(\.stringValue)) : []
        return KindSchema.of(.request).links(in: new).compactMap { link in
            let target = link.target
            guard target.kind == .allocation, view[target] != nil, !lent.contains(target.name),
                !known.contains(target.name)
            else { return nil }
            return .init(field: link.field, problem: "\(target) is not one of project \(name)")
        }
    }
}
