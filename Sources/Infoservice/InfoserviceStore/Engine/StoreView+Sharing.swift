public import VC3Model

/// How entities are shared. A project shares itself, its members, allocations and requests; a request shares the pilot
/// sets, the pilots and the head node that were made for it; an allocation its usage, and its owner sees its pilots; a
/// public cluster its nodesets; whatever is shared, the events about it. Public resources and clusters, nodeinfos,
/// policies and authorities are for everybody.
extension StoreView {
    /// Who stands in which relation to an entity.
    public func audience(of record: EntityRecord) -> Audience {
        var audience = Audience(owner: record.metadata.owner)
        switch record.metadata.kind {
        case .project: audience.projects = [people(of: record.name)]
        case .request: audience.projects = projects(ofRequest: record)
        case .allocation: audience.projects = projects(sharing: record.key)
        case .user:
            audience.projects =
                projects(sharing: record.key)
                + names(of: .project, ownedBy: record.name).sorted().map { people(of: $0) }
        case .pilotset: audience.projects = record.spec["request"]?.stringValue.map(projects(ofRequest:)) ?? []
        case .pilot:
            audience.projects = record.spec["request"]?.stringValue.map(projects(ofRequest:)) ?? []
            let allocation = record.spec["allocation"]?.stringValue.flatMap { self[EntityKey(.allocation, $0)] }
            if let allocation { audience.projects.append([allocation.metadata.owner: .viewer]) }
        case .nodeset:
            if let request = RequestLifeCycle.request(ofHeadNode: record.name) {
                audience.projects = projects(ofRequest: request)
            } else {
                audience.isPublic = referrers(of: record.key, .cluster).contains { $0.spec["public"] == true }
            }
        case .usage:
            audience.projects =
                record.spec["allocation"]?.stringValue.map { projects(sharing: EntityKey(.allocation, $0)) } ?? []
        case .event:
            let about = KindSchema.of(.event).links(in: record.spec).first.flatMap { self[$0.target] }
            if let about, about.metadata.kind != .event {
                audience = self.audience(of: about)
                audience.owner = record.metadata.owner
            }
        case .resource, .cluster: audience.isPublic = record.spec["public"]?.boolValue ?? false
        case .nodeinfo, .policy, .authority: audience.isPublic = true
        case .environment, .provisioner, .privatetoken, .pairing, .pilotlog, .lease, .sitelogin: break
        }
        return audience
    }

    /// Every entity that is shared differently because `old` became `new`, `nil` when there are more than `limit`.
    ///
    /// - Parameter after: The store with `new` in it; `self` is the store before.
    func sharedThrough(
        _ old: EntityRecord?, _ new: EntityRecord?, after: StoreView, limit: Int
    ) -> Set<EntityKey>? {
        if let old, let new, old.metadata.generation == new.metadata.generation,
            old.metadata.created == new.metadata.created
        {
            return []
        }
        guard let kind = (new ?? old)?.metadata.kind, [.project, .request, .cluster].contains(kind) else { return [] }
        if let old, let new, old.sharing == new.sharing { return [] }
        var found: Set<EntityKey> = []
        for (view, record) in [(self, old), (after, new)] {
            guard let record, view.collect(sharedBy: record, into: &found, limit: limit) else {
                if record == nil { continue }
                return nil
            }
        }
        found.remove((new ?? old)?.key ?? EntityKey(kind, ""))
        return found
    }

    /// - Returns: Whether `found` has stayed within `limit`.
    private func collect(sharedBy record: EntityRecord, into found: inout Set<EntityKey>, limit: Int) -> Bool {
        var next: [EntityKey] = [record.key]
        while let key = next.popLast() {
            for child in shared(by: key) where found.insert(child).inserted {
                if found.count > limit { return false }
                next.append(child)
            }
        }
        return true
    }

    private func shared(by key: EntityKey) -> [EntityKey] {
        func referring(_ kind: EntityKind) -> [EntityKey] { referrers(of: key, kind).map(\.key) }
        let events = referring(.event)
        switch key.kind {
        case .project:
            let allocations = self[key]?.spec["allocations"]?.arrayValue ?? []
            return events + referring(.request)
                + people(of: key.name).keys.map { EntityKey(.user, $0) }
                + allocations.compactMap { $0.stringValue.map { EntityKey(.allocation, $0) } }
        case .request:
            return events + referring(.pilotset) + referring(.pilot)
                + [EntityKey(.nodeset, RequestLifeCycle.headNodeName(of: key.name))]
        case .allocation: return events + referring(.usage)
        case .cluster:
            return events
                + (self[key]?.spec["nodesets"]?.arrayValue ?? []).compactMap {
                    $0.stringValue.map { EntityKey(.nodeset, $0) }
                }
        default: return events
        }
    }

    private func projects(ofRequest record: EntityRecord) -> [[String: ProjectRole]] {
        record.spec["project"]?.stringValue.map { [people(of: $0)] } ?? []
    }

    private func projects(ofRequest name: String) -> [[String: ProjectRole]] {
        self[EntityKey(.request, name)].map(projects(ofRequest:)) ?? []
    }

    private func projects(sharing key: EntityKey) -> [[String: ProjectRole]] {
        referrers(of: key, .project).map { people(of: $0.name) }
    }
}

extension EntityRecord {
    /// The part of the spec that decides with whom something is shared.
    fileprivate var sharing: [JSONValue?] {
        ["members", "roles", "allocations", "project", "public", "nodesets"].map { spec[$0] }
    }
}
