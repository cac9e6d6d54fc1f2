public import InfoserviceAPI
public import Logging
public import VC3Model
import VC3Commands
import VC3Reconciling

/// Brings what people asked for into being: keys and validated logins for allocations; head nodes, shares of pilots
/// and a clean end for requests.
///
/// Everything it decides is in the store before it acts, so it may be killed at any moment and started again.
/// Only one Master works on a store at a time.
public struct Master: Sendable {
    private let store: MasterStore
    private let configuration: MasterConfiguration
    private let clock: WallClock
    private let logger: Logger

    public init(
        infoservice: any Infoservice, configuration: MasterConfiguration, clock: WallClock, logger: Logger
    ) {
        store = MasterStore(infoservice: infoservice)
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
    }

    /// Works until cancelled. What it started at head nodes goes on without it.
    public func run() async throws {
        let keys = try AllocationKeys(stateFolder: configuration.stateFolder)
        let folders = HeadNodeFolders(root: configuration.stateFolder + "/headnodes")
        let providers = providers(folders)
        let board = HeadNodeBoard()
        let requestQueue = WorkQueue<String>()
        let allocations = ReconcileLoop(
            name: "allocations",
            reconciler: AllocationReconciler(
                store: store, keys: keys, login: LoginCheck(), sessionFolder: configuration.stateFolder + "/login",
                clock: clock, resync: configuration.resync),
            // Most of a look is waiting for a site, perhaps one that does not answer.
            workers: 16, logger: logger)
        let requests = ReconcileLoop(
            name: "requests",
            reconciler: RequestReconciler(
                store: store, board: board, headNodeProblem: { configuration.problem(withHeadNode: $0) }, clock: clock,
                resync: configuration.resync),
            logger: logger, queue: requestQueue)
        let headNodes = ReconcileLoop(
            name: "headnodes",
            reconciler: HeadNodeReconciler(
                store: store, folders: folders, providers: providers, board: board, clock: clock,
                resync: configuration.resync, censusInterval: configuration.censusInterval, logger: logger,
                changed: { await requestQueue.add($0) }),
            backoff: Backoff(first: .milliseconds(200), most: .seconds(30)), logger: logger)
        let pairings = ReconcileLoop(
            name: "pairings",
            reconciler: PairingReconciler(
                store: store, authority: configuration.authority.map(CredibleAuthority.init),
                clock: clock, resync: configuration.resync),
            // The authority takes one at a time.
            workers: 2, backoff: Backoff(first: .milliseconds(200), most: .seconds(30)), logger: logger)
        let routing = ChangeRouting(store: store)
        let garbage = GarbageCollector(store: store, keys: keys, folders: folders, providers: providers, logger: logger)
        let publisher = configuration.authority.map {
            AuthorityPublisher(authority: $0, infoservice: store.infoservice, clock: clock, logger: logger)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let publisher { group.addTask { await publisher.run() } }
            group.addTask { await allocations.run() }
            group.addTask { await requests.run() }
            group.addTask { await headNodes.run() }
            group.addTask { await pairings.run() }
            group.addTask { await garbage.run(every: configuration.resync) }
            group.addTask {
                try await store.mirror.run { key in
                    let concerned = await routing.concerned(by: key)
                    for name in concerned.allocations { await allocations.queue.add(name) }
                    for name in concerned.requests { await requestQueue.add(name) }
                    for name in concerned.headNodes { await headNodes.queue.add(name) }
                    for name in concerned.pairings { await pairings.queue.add(name) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func providers(_ folders: HeadNodeFolders) -> [String: any HeadNodeProvider] {
        var providers: [String: any HeadNodeProvider] = [:]
        if let prefix = configuration.condorPrefix {
            providers[LocalHeadNodes.name] = LocalHeadNodes(
                prefix: prefix, folders: folders, address: configuration.headNodeAddress,
                ports: PortReservations(range: configuration.headNodePorts))
        }
        for host in configuration.sshHeadNodes {
            providers[host.name] = SSHHeadNodes(
                host: host, folders: folders,
                playbooks: PlaybookRunner(
                    program: configuration.ansiblePlaybook, folder: configuration.playbookFolder,
                    workFolder: configuration.stateFolder + "/work", condorPrefix: configuration.condorPrefix,
                    condorArchive: host.condorArchive),
                session: HeadNodeSession(host: host, folder: configuration.stateFolder + "/login/headnode-" + host.name)
            )
        }
        return providers
    }
}
