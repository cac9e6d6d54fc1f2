import InfoserviceAPI
import Logging
import VC3Model

/// Takes away secrets and head nodes whose owner is gone for good: what a lost state folder or a forced removal left.
///
/// It is a net below the reconcilers, which clean up after themselves. So it is slow on purpose: something must be
/// without an owner in two sweeps in a row, and a sweep takes away only a few things.
struct GarbageCollector: Sendable {
    let store: MasterStore
    let keys: AllocationKeys
    let folders: HeadNodeFolders
    let providers: [String: any HeadNodeProvider]
    let logger: Logger

    /// The most that one sweep removes.
    static let most = 5

    enum Garbage: Hashable, Sendable, Comparable {
        /// A head node, by its request: nodeset, token, folder or daemons.
        case headNode(String)
        /// The key pair of an allocation.
        case allocationKey(String)
    }

    /// Sweeps every `interval` until cancelled.
    func run(every interval: Duration) async {
        var seen: Set<Garbage> = []
        while true {
            do { try await Task.sleep(for: interval) } catch { return }
            seen = await sweep(seenBefore: seen)
        }
    }

    /// Removes what was garbage before and still is.
    ///
    /// - Returns: What is garbage now and may go next time.
    func sweep(seenBefore: Set<Garbage>) async -> Set<Garbage> {
        do {
            let found = try await findGarbage()
            for garbage in found.intersection(seenBefore).sorted().prefix(Self.most) {
                logger.notice("removing what has no owner", metadata: ["what": "\(garbage)"])
                try await remove(garbage)
            }
            return found
        } catch {
            logger.info("sweep ended early", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func findGarbage() async throws -> Set<Garbage> {
        // Things first, owners afterwards: an owner that is made in between is seen.
        var headNodes = Set(try await folders.names())
        for token in try await store.infoservice.records(.privatetoken).items
        where token.spec["type"]?.stringValue == SecretType.poolSigningKey {
            if let request = RequestLifeCycle.request(ofHeadNode: token.name) { headNodes.insert(request) }
        }
        for nodeset in try await store.infoservice.records(.nodeset).items
        where nodeset.spec["app_role"] == "head-node" && nodeset.status["detail"]?[JSONValue.providerMember] != nil {
            if let request = RequestLifeCycle.request(ofHeadNode: nodeset.name) { headNodes.insert(request) }
        }
        let pairs = Set(try await keys.names())
        let requests = Set(try await store.infoservice.records(.request).items.map(\.name))
        let allocations = Set(try await store.infoservice.records(.allocation).items.map(\.name))
        var garbage: Set<Garbage> = []
        // An empty list may be the answer of a store that is being restored: it proves nothing.
        if !requests.isEmpty { garbage.formUnion(headNodes.subtracting(requests).map(Garbage.headNode)) }
        if !allocations.isEmpty { garbage.formUnion(pairs.subtracting(allocations).map(Garbage.allocationKey)) }
        return garbage
    }

    private func remove(_ garbage: Garbage) async throws {
        switch garbage {
        case .headNode(let request):
            let name = RequestLifeCycle.headNodeName(of: request)
            let nodeset = try await store.entity(Nodeset.self, name)
            let detail = nodeset?.status.detail ?? [:]
            let known = detail[JSONValue.providerMember]?.stringValue ?? LocalHeadNodes.name
            try await providers[known]?.remove(request, detail: detail)
            try await store.delete(.privatetoken, name)
            try await store.delete(.nodeset, name)
            try await folders.remove(request)
        case .allocationKey(let allocation):
            try await store.delete(.privatetoken, allocation)
            try await keys.remove(allocation)
        }
    }
}
