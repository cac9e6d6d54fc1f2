import InfoserviceAPI
import VC3Model

/// Which keys of which loop a change concerns. A reconciler is woken by everything that it reads.
struct ChangeRouting: Sendable {
    let store: MasterStore

    struct Concerned: Sendable, Equatable {
        var allocations: Set<String> = []
        var requests: Set<String> = []
        var headNodes: Set<String> = []
        var pairings: Set<String> = []
    }

    func concerned(by key: EntityKey) async -> Concerned {
        var concerned = Concerned()
        switch key.kind {
        case .request:
            concerned.requests = [key.name]
            concerned.headNodes = [key.name]
        case .sitelogin: concerned.allocations = [key.name]
        case .allocation:
            concerned.allocations = [key.name]
            concerned.requests = await requests { names($0, "allocations").contains(key.name) }
        case .resource:
            concerned.allocations = await allocations(at: [key.name])
            let affected = concerned.allocations
            concerned.requests = await requests { !affected.isDisjoint(with: names($0, "allocations")) }
        case .pilotset:
            if let record = await store.mirror.record(.pilotset, key.name),
                let request = record.spec["request"]?.stringValue,
                let allocation = record.spec["allocation"]?.stringValue
            {
                concerned.requests = [request]
                concerned.headNodes = [request]
                concerned.allocations = [allocation]
            } else {
                // Gone: its name begins with its request's, and whoever waits for its end listed it.
                concerned.requests = await requests { key.name.hasPrefix($0.name + ".") }
                concerned.allocations = await deletingAllocations()
            }
        case .nodeset:
            if let request = RequestLifeCycle.request(ofHeadNode: key.name) {
                concerned.requests = [request]
                concerned.headNodes = [request]
            } else {
                concerned.requests = await requests(withNodeset: key.name)
            }
        case .cluster: concerned.requests = await requests { $0.spec["cluster"]?.stringValue == key.name }
        case .project: concerned.requests = await requests { $0.spec["project"]?.stringValue == key.name }
        // What seldom changes and may be referred to from several places: everybody has a look.
        case .user, .nodeinfo, .environment: concerned.requests = await requests { _ in true }
        case .pairing: concerned.pairings = [key.name]
        case .policy, .provisioner, .privatetoken, .pilot, .pilotlog, .lease, .event, .usage, .authority: break
        }
        return concerned
    }

    private func requests(_ concerns: (EntityRecord) -> Bool) async -> Set<String> {
        Set(await store.mirror.records(.request).filter(concerns).map(\.name))
    }

    private func requests(withNodeset nodeset: String) async -> Set<String> {
        let clusters = Set(
            await store.mirror.records(.cluster).filter { names($0, "nodesets").contains(nodeset) }.map(\.name))
        return await requests { clusters.contains($0.spec["cluster"]?.stringValue ?? "") }
    }

    private func allocations(at resources: Set<String>) async -> Set<String> {
        Set(
            await store.mirror.records(.allocation).filter {
                resources.contains($0.spec["resource"]?.stringValue ?? "")
            }
            .map(\.name))
    }

    private func deletingAllocations() async -> Set<String> {
        Set(await store.mirror.records(.allocation).filter { $0.metadata.deleting != nil }.map(\.name))
    }

    private func names(_ record: EntityRecord, _ member: String) -> [String] {
        (record.spec[member]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
