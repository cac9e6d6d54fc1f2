public import InfoserviceAPI
public import Logging
public import ServiceLifecycle
public import VC3Model
import VC3Reconciling

/// Watches over the proxies and tokens that users gave, and says ahead of time when they end.
public struct PrivateTokenWatch: Service {
    private let infoservice: any Infoservice
    private let board: CredentialBoard
    private let clock: WallClock
    private let logger: Logger

    /// - Parameter infoservice: As seen by the role ``Role/factory``.
    public init(_ infoservice: any Infoservice, board: CredentialBoard, clock: WallClock, logger: Logger) {
        self.infoservice = infoservice
        self.board = board
        self.clock = clock
        self.logger = logger
    }

    public func run() async throws {
        let mirror = EntityMirror(source: infoservice, kinds: [.privatetoken])
        let queue = WorkQueue<String>()
        let reconciler = PrivateTokenReconciler(
            infoservice: infoservice, mirror: mirror, board: board, clock: clock)
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await mirror.run { key in await queue.add(key.name) } }
                    group.addTask {
                        await ReconcileLoop(
                            name: "privatetoken", reconciler: reconciler, workers: 2, logger: logger, queue: queue
                        ).run()
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
        } catch is CancellationError {
            return
        }
    }
}
