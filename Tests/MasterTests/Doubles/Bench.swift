import Foundation
import InfoserviceAPI
import Logging
import Synchronization
import VC3Model
import VC3Reconciling

@testable import Master

/// A Master taken apart: its reconcilers on a store in memory, turned by hand.
struct Bench: ~Copyable {
    let service = InMemoryInfoservice()
    let login = FakeLogin()
    let headNodes = FakeHeadNodes()
    let time = FakeTime()
    let stateFolder = NSTemporaryDirectory() + "vc3-master-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: stateFolder) }

    /// What a process holds in memory: lost with it.
    struct Process {
        let store: MasterStore
        let allocations: AllocationReconciler
        let requests: RequestReconciler
        let headNodes: HeadNodeReconciler
        let board: HeadNodeBoard
    }

    func process(
        headNodeProblem: @escaping @Sendable (String) -> String? = {
            $0 == "local" ? nil : "headnode \($0) is not configured"
        }
    ) throws -> Process {
        let store = MasterStore(infoservice: service)
        let clock = WallClock { [time] in time.now }
        let board = HeadNodeBoard()
        return Process(
            store: store,
            allocations: AllocationReconciler(
                store: store, keys: try AllocationKeys(stateFolder: stateFolder), login: login,
                sessionFolder: stateFolder + "/login", clock: clock, resync: .seconds(300)),
            requests: RequestReconciler(
                store: store, board: board, headNodeProblem: headNodeProblem, clock: clock, resync: .seconds(300)),
            headNodes: HeadNodeReconciler(
                store: store, folders: HeadNodeFolders(root: stateFolder + "/headnodes"),
                providers: ["local": headNodes],
                board: board, clock: clock, resync: .seconds(300), censusInterval: .seconds(60),
                logger: Logger(label: "test"), changed: { _ in }),
            board: board)
    }

    /// Runs a Master's parts for as long as `body` lasts; what they hold in memory is lost afterwards.
    func withProcess<Value>(_ body: (Process) async throws -> Value) async throws -> Value {
        let process = try process()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await process.store.mirror.run { _ in } }
            await process.store.mirror.filled()
            defer { group.cancelAll() }
            return try await body(process)
        }
    }

    /// Looks at everything until nothing is written any more. Between rounds a factory does its part.
    func settle(factory: Bool = true) async throws {
        try await withProcess { try await settle($0, factory: factory) }
    }

    func settle(_ process: Process, factory: Bool = true) async throws {
        var before: Set<String> = []
        for _ in 0..<50 {
            for record in try await service.records(.allocation).items {
                try await catchUp(process)
                _ = try await process.allocations.reconcile(record.name)
            }
            for record in try await service.records(.request).items {
                try await catchUp(process)
                _ = try await process.requests.reconcile(record.name)
                try await catchUp(process)
                _ = try await process.headNodes.reconcile(record.name)
            }
            if factory { try await finalizePilotSets() }
            let after = try await fingerprint()
            if after == before { return }
            before = after
        }
        throw VC3Error(.internal, "it does not settle")
    }

    /// Waits until the process's copy shows what the store holds.
    func catchUp(_ process: Process) async throws {
        for kind in MasterStore.kinds {
            while try await service.records(kind).items != process.store.mirror.records(kind) { await Task.yield() }
        }
    }

    /// What a factory does with a pilot set that is being deleted.
    func finalizePilotSets() async throws {
        for record in try await service.records(.pilotset).items where record.metadata.deleting != nil {
            try await service.remove(.pilotset, record.name, expecting: record.metadata.revision)
        }
    }

    private func fingerprint() async throws -> Set<String> {
        var all: Set<String> = []
        for kind in EntityKind.allCases {
            for record in try await service.records(kind).items {
                all.insert("\(record.key) \(record.metadata.revision)")
            }
        }
        return all
    }

    // MARK: - What people make

    func create<Kind: EntityType>(
        _ kind: Kind.Type, _ name: String, _ spec: Kind.Spec, owner: String = "ana"
    ) async throws {
        _ = try await service.create(
            EntityDraft(kind: Kind.kind, name: name, owner: owner, spec: JSONValue(encoding: spec)))
    }

    func patch(_ kind: EntityKind, _ name: String, _ patch: JSONValue) async throws {
        _ = try await service.patchSpec(kind, name, with: patch, expecting: nil)
    }

    func get<Kind: EntityType>(_ kind: Kind.Type, _ name: String) async throws -> Entity<Kind> {
        try await service.entity(kind, name)
    }

    static let publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8V4+1kcFb3Ma0sZ6k8cX0d0T0s6GvW2vQ7g5eVh1xq ana@laptop"

    /// Sites, accounts and a cluster of `nodes` workers for ana; allocations are validated.
    func prepareSites(_ sites: [String] = ["alpha", "beta"], nodes: Int = 5) async throws {
        try await create(
            User.self, "ana",
            User.Spec(
                first: "Ana", last: "A", email: "ana@example.org", organization: "X", sshpubstring: Self.publicKey))
        try await create(Nodeinfo.self, "small", Nodeinfo.Spec(cores: 2, memory_mb: 512, storage_mb: 100))
        for site in sites {
            try await create(
                Resource.self, site,
                Resource.Spec(
                    accesstype: "batch", accessmethod: "ssh", accessflavor: "slurm", accesshost: site + ".example.org",
                    batch: BatchOptions(queue: "short"), nodeinfo: "small"))
            try await create(
                Allocation.self, "ana.\(site)", Allocation.Spec(resource: site, accountname: "ana1", validate: 1))
        }
        try await create(Project.self, "p", Project.Spec(members: ["ana"], allocations: sites.map { "ana.\($0)" }))
        try await create(
            Nodeset.self, "workers",
            Nodeset.Spec(node_number: nodes, app_type: "htcondor", app_role: "worker-nodes", walltime: 3600))
        try await create(Cluster.self, "c", Cluster.Spec(nodesets: ["workers"]))
        try await settle()
    }

    func createRequest(_ sites: [String] = ["alpha", "beta"], expiration: Timestamp? = nil) async throws {
        try await create(
            Request.self, "r",
            Request.Spec(project: "p", cluster: "c", allocations: sites.map { "ana.\($0)" }, expiration: expiration))
    }
}

/// A clock that stands until it is moved.
final class FakeTime: Sendable {
    private let moment = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
    var now: Timestamp { moment.withLock { $0 } }
    func pass(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
