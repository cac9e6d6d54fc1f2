import Factory
import FactorySettings
import Logging
import ServiceLifecycle
import VC3Commands

/// Asks those who know the jobs for queues of files, and keeps what they say where the queues decide.
struct QueueDemands: Service {
    let known: KnownDemand
    private let usual: DemandPace
    private let board: DemandBoard
    private let news: AsyncStream<Set<DemandPlace>>

    init(_ known: KnownDemand, counting mappings: WordMappings, usual: DemandPace, logger: Logger) {
        self.known = known
        self.usual = usual
        let (news, tell) = AsyncStream<Set<DemandPlace>>.makeStream()
        self.news = news
        let source = CommandDemandSource(LocalRunner()) { mappings.ready }
        board = DemandBoard(source: source, logger: logger) {
            tell.yield($0)
        }
    }

    /// From now on those are asked that these queues name.
    func use(_ queues: [QueueSettings]) async { await board.watch(queues.demandPlaces(usual)) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            async let asking: Void = board.run()
            for await places in news {
                for place in places { known.note(await board.demand(at: place), at: place) }
            }
            await asking
        }
    }
}
