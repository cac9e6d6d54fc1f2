import Testing
import VC3Model

@testable import Factory

@Suite struct QueueBoardTests {
    static func queue(_ name: String, keeping number: Int = 1, cycle: Duration = .seconds(60), cycles: Int? = nil)
        -> FileQueue
    {
        FileQueue(
            name: name,
            site: PilotSite(
                resource: "queues-f", type: FileQueue.siteType, method: "local", flavor: "local", account: "me"),
            job: .command(QueueCommand(executable: "/bin/true")), size: FileQueue.Size(walltime: 86_400),
            isPeaceful: false,
            rules: [KeepNRunning(keepRunning: number)], cycle: cycle, cycles: cycles,
            text: "\(number) \(cycle) \(cycles ?? -1)")
    }

    @Test func whatHasTheSameTextIsLeftAlone() async {
        let board = QueueBoard([Self.queue("a"), Self.queue("b"), Self.queue("c")])
        let changes = board.replace(with: [Self.queue("a"), Self.queue("b", keeping: 2), Self.queue("d")])
        #expect(changes == .init(added: ["d"], changed: ["b"], removed: ["c"]))
        var news = board.news.makeAsyncIterator()
        #expect(await news.next()?.count == 3)
        #expect(await news.next() == Set(["b", "c", "d"].map { Self.queue($0).key }))
        #expect(board.replace(with: board.all).isEmpty)
    }

    @Test(arguments: ["plain", "with blanks", "a:b/c%d", "ä\u{0}\n", ""])
    func aKeyIsOneWordAndKeepsTheName(name: String) {
        let key = QueueKey.text(name, at: SiteID(rawValue: "s"))
        #expect(key.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") })
        #expect(QueueKey.name(in: key) == name)
        #expect(QueueKey.isQueue(key) && EntityName.problem(with: key) != nil, "no pilot set is called so")
    }

    /// A minimum of none at a time, after keeping a number, ends what is too many all the same.
    @Test func limitsAfterKeepingANumberEndNothingAndKeepNothing() {
        var queue = Self.queue("a", keeping: 2)
        queue.rules += [MinPerCycle(minimum: 0), MaxPerCycle(maximum: 3)]
        let four = PilotFleet(
            members: (0..<4).map {
                .init(id: PilotID(rawValue: "p\($0)"), isRunning: true, intended: .init(milliseconds: 0))
            })
        let none = PilotFleet()
        #expect(
            PilotPlan(killOrder: .newest, within: SizingView(fleet: four), of: four, through: queue.chain).retire.count
                == 2)
        queue.rules[0] = KeepNRunning(keepRunning: 10)
        #expect(
            PilotPlan(killOrder: .newest, within: SizingView(fleet: none), of: none, through: queue.chain).submit == 3)
    }

    @Test func aQueueDecidesOnceInEachCycleAndAtOnceWhenItChanges() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        var fixed = Self.queue("q", cycles: 3)
        fixed.rules = [Fixed(pilotsPerCycle: 2)]
        await bench.site.want(fixed)
        await bench.pass(.seconds(30))
        #expect(await bench.alive(fixed.key) == 2)
        await bench.pass(.seconds(60))
        #expect(await bench.alive(fixed.key) == 4)
        await bench.pass(.seconds(600))
        #expect(await bench.alive(fixed.key) == 6, "three cycles and no more")
        let kept = Self.queue("q", keeping: 1)
        await bench.site.want(kept)
        await bench.pass(.seconds(30))
        #expect(await bench.alive(fixed.key) == 1, "a change counts at once")
        await bench.site.close(fixed.key)
        await bench.pass(.seconds(30))
        await bench.site.close(fixed.key)
        await bench.pass(.seconds(120))
        #expect(await bench.site.view(of: fixed.key).isGone)
    }

    @Test func aQueueFollowsTheJobsThatWaitAsFarAsTheyAreKnown() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        let place = DemandPlace.condor(HTCondorDemand())
        var queue = Self.queue("q", cycle: .seconds(60))
        queue.rules = [Ready()]
        queue.demand = place
        await bench.site.want(queue)
        await bench.pass(.seconds(200))
        #expect(await bench.alive(queue.key) == 0, "nothing is known")
        bench.demand.note(JobDemand(ready: 3), at: place)
        await bench.pass(.seconds(70))
        #expect(await bench.alive(queue.key) == 3)
        bench.demand.note(nil, at: place)
        await bench.pass(.seconds(200))
        #expect(await bench.alive(queue.key) == 3, "what is not known any more changes nothing")
    }
}

extension SiteBench {
    func alive(_ key: String) async -> Int {
        let view = await site.view(of: key)
        return view.submitting + view.pending + view.running
    }
}
