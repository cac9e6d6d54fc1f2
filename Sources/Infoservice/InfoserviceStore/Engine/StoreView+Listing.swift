import InfoserviceAPI
import VC3Model

extension StoreView {
    /// Names of entities of a kind after `last`, in order: at least all that match, few more when the filter names an
    /// owner or a project.
    func names(of kind: EntityKind, matching filter: EntityFilter, after last: String?) -> AnySequence<String> {
        var candidates: Set<String>?
        if let owner = filter.owner { candidates = names(of: kind, ownedBy: owner) }
        if let project = filter.project {
            let ofProject = names(of: kind, inProject: project)
            candidates = candidates.map { $0.intersection(ofProject) } ?? ofProject
        }
        guard let candidates else { return allNames(of: kind, after: last) }
        return AnySequence(candidates.filter { name in last.map { name > $0 } ?? true }.sorted())
    }

    /// Names of the entities of a kind that belong to a project.
    private func names(of kind: EntityKind, inProject project: String) -> Set<String> {
        let key = EntityKey(.project, project)
        switch kind {
        case .project: return [project]
        case .user: return Set(people(of: project).keys)
        case .allocation:
            return Set((self[key]?.spec["allocations"]?.arrayValue ?? []).compactMap(\.stringValue))
        case .request: return names(of: .request, naming: key)
        case .nodeset: return Set(names(of: .request, naming: key).map(RequestLifeCycle.headNodeName))
        case .pilotset:
            return Set(
                names(of: .request, naming: key).flatMap { names(of: .pilotset, naming: EntityKey(.request, $0)) })
        case .pilot:
            return Set(
                names(of: .request, naming: key).flatMap { names(of: .pilot, naming: EntityKey(.request, $0)) })
        case .usage:
            return Set(
                names(of: .allocation, inProject: project).flatMap {
                    names(of: .usage, naming: EntityKey(.allocation, $0))
                })
        case .resource, .nodeinfo, .cluster, .environment, .policy, .provisioner, .privatetoken, .pairing, .pilotlog,
            .lease, .event, .authority, .sitelogin:
            return []
        }
    }

    private func allNames(of kind: EntityKind, after last: String?) -> AnySequence<String> {
        let base = (index.names[kind] ?? SortedNames()).names(after: last)
        let others = (differences[kind] ?? [:]).filter { name, change in
            change != nil && index.names[kind]?.contains(name) != true && last.map { name > $0 } ?? true
        }
        if others.isEmpty { return AnySequence(base) }
        return AnySequence(merge(base, others.keys.sorted()))
    }

    private func merge(_ left: some Sequence<String>, _ right: [String]) -> some Sequence<String> {
        var left = left.makeIterator()
        var right = right.makeIterator()
        var heads = (left.next(), right.next())
        return AnyIterator {
            guard let first = heads.0 else {
                defer { heads.1 = right.next() }
                return heads.1
            }
            guard let second = heads.1, second < first else {
                heads.0 = left.next()
                return first
            }
            heads.1 = right.next()
            return second
        }
    }
}
