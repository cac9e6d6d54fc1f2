import Foundation
import Logging
import Synchronization
import Testing
import VC3Model

@testable import Factory

/// Thousands of short lives of a Factory at a site where everything goes wrong.
///
/// `VC3_SEEDS=10000` runs more of them, from `VC3_FIRST_SEED` on; `VC3_SEED=17` runs one and tells all that happens in it.
@Suite struct SimulationTests {
    static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let one = environment["VC3_SEED"].flatMap(UInt64.init) { return [one] }
        let first = environment["VC3_FIRST_SEED"].flatMap(UInt64.init) ?? 1
        return Array(first..<(first + (environment["VC3_SEEDS"].flatMap(UInt64.init) ?? 400)))
    }

    @Test func noPilotIsLostDoubledOrOneTooMany() async {
        await withTaskGroup(of: [String].self) { group in
            var rest = Self.seeds[...]
            for _ in 0..<2 { if let seed = rest.popFirst() { group.addTask { await Self.live(seed) } } }
            for await problems in group {
                for problem in problems { Issue.record("\(problem)") }
                if let seed = rest.popFirst() { group.addTask { await Self.live(seed) } }
            }
        }
    }

    /// One life: chaos, then calm until all is as wanted, then the end. Returns what was wrong, each with the seed.
    static func live(_ seed: UInt64) async -> [String] {
        let run = Simulation(seed: seed)
        await run.start()
        await run.chaos(steps: 150)
        await run.calm()
        await run.end()
        if ProcessInfo.processInfo.environment["VC3_SEED"] != nil {
            for line in await run.log { print(line) }
        }
        return await run.problems.map { "VC3_SEED=\(seed): \($0)" }
    }
}

actor Simulation {
    private let world: FakeWorld
    private var site: Site?
    private var sets: [String: (wanted: Int, isDeleting: Bool)] = [:]
    private let time = Mutex(Duration.zero)
    private(set) var problems: [String] = []

    init(seed: UInt64) { world = FakeWorld(seed: seed, faults: FakeWorld.Faults()) }

    var log: [String] { get async { await world.log } }

    func start() async {
        sets = ["a": (3, false), "b": (2, false)]
        await tell()
        await restart()
    }

    private func tell() async {
        for (name, set) in sets.sorted(by: { $0.key < $1.key }) {
            await world.want(set.isDeleting ? 0 : set.wanted, name)
        }
    }

    private func restart() async {
        let incarnation = await world.begin()
        let world = world
        var settings = SiteSettings()
        let counter = Mutex(0)
        settings.newPilot = {
            PilotID(rawValue: "\(incarnation).\(counter.withLock { $0 += 1; return $0 })")
        }
        let fresh = Site(
            place: LedgerTests.place, remembering: await world.ledgerContents,
            ledger: FakeLedger(world: world, incarnation: incarnation), tokens: FakeTokens(), settings: settings,
            clock: clock, logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in
            FakeAccess(world: world, incarnation: incarnation)
        } onChange: { _ in
        }
        site = fresh
        await want()
        // As the Factory does for sets that are gone.
        for name in await strangers() { await fresh.release(name) }
    }

    /// Sets that only the ledger knows of.
    private func strangers() async -> Set<String> {
        Set(await world.ledgerContents.pilots.values.map(\.pilotSet)).subtracting(sets.keys)
    }

    private nonisolated var clock: SiteClock {
        SiteClock(
            elapsed: { self.time.withLock { $0 } },
            wall: WallClock { Timestamp(milliseconds: 0) + self.time.withLock { $0 } })
    }

    private func want() async {
        for (name, set) in sets.sorted(by: { $0.key < $1.key }) {
            var spec = Self.spec(wanted: set.wanted)
            spec.walltime = 400
            spec.draintime = 60
            spec.peaceful = name == "a"
            await site?.want(name, spec, isDeleting: set.isDeleting, hasHadPilots: true)
        }
    }

    static func spec(wanted: Int) -> PilotSet.Spec {
        PilotSet.Spec(
            request: "r", nodeset: "n", allocation: "a", wanted: wanted, site: LedgerTests.place,
            headnode: PilotHeadNode(collector: "head:9618", trustdomain: "r.vc3", privatetoken: "t"))
    }

    /// One turn and some time.
    private func step() async {
        let due = await site?.turn() ?? .seconds(30)
        if await world.hasCrashed { await restart() }
        let most = Int64(max(1, min(due.inMilliseconds, 5000)))
        // Mostly the time that the site asked for, sometimes less: somebody wakes it.
        let pause = await world.draw(1...4) == 1 ? await world.draw(1...Int(most)) : Int(most)
        await world.advance(by: .milliseconds(pause))
        let now = await world.now
        time.withLock { $0 = now }
    }

    func chaos(steps: Int) async {
        for _ in 0..<steps {
            if await world.draw(1...15) == 1 {
                let name = await world.draw(0...1) == 0 ? "a" : "b"
                sets[name] = (await world.draw(0...5), false)
                await tell()
                await want()
            }
            if await world.draw(1...100) == 1 {
                // The folder of its state is gone, and it comes back without.
                await world.loseLedger()
                await restart()
            }
            await step()
        }
    }

    /// Without further faults every pilot set gets exactly what it wants.
    func calm() async {
        await world.set(.none)
        sets = ["a": (4, false), "b": (1, false)]
        await tell()
        await want()
        for _ in 0..<600 {
            await step()
            if await isAsWanted() { break }
        }
        if await !isAsWanted() { let state = await state(); problems.append("not as wanted after the calm: \(state)") }
        if await world.jobs.values.contains(where: { $0.isAlive && !$0.isHarmless }) == false {
            problems.append("no job lives")
        }
        let known = await world.ledgerContents.pilots
        for (id, job) in await world.jobs where job.isAlive && !job.isHarmless {
            if known[job.pilot]?.job != id || known[job.pilot]?.hasEnded == true {
                problems.append("job \(id) is not in the ledger")
            }
        }
        await noteViolations()
    }

    private func noteViolations() async {
        let violations = await world.violations
        problems += violations.filter { !problems.contains($0) }
    }

    private func isAsWanted() async -> Bool {
        let a = await site?.view(of: "a")
        let b = await site?.view(of: "b")
        let working = [await world.working("a"), await world.working("b")]
        let own = [a, b].map { ($0?.pending ?? 0) + ($0?.running ?? 0) }
        return own[0] >= 4 && own[1] >= 1 && working == [4, 1]
            && [a, b].allSatisfy { $0?.retiring == 0 && $0?.submitting == 0 }
    }

    private func state() async -> String {
        let contents = await world.ledgerContents.pilots.values.map {
            "\($0.id) \($0.stage) \($0.retiring.map { "\($0)" } ?? "")"
        }
        return
            "ledger \(contents.sorted()) jobs \(await world.jobs.filter { $0.value.isAlive }.map { "\($0.key) \($0.value.pilot)" })"
    }

    /// Deleting leaves nothing: no job, no file, no record. A few faults come back for it.
    func end() async {
        await world.set(FakeWorld.Faults(refusal: 0, pilotFailure: 0))
        for name in sets.keys { sets[name]?.isDeleting = true }
        await tell()
        await want()
        for _ in 0..<600 {
            await step()
            if await site?.view(of: "a").isGone == true, await site?.view(of: "b").isGone == true { break }
        }
        await world.set(.none)
        for _ in 0..<5 { await step() }
        do { for name in await strangers().union(sets.keys) { try await site?.drop(name) } } catch {
            problems.append("not dropped: \(error)")
        }
        let state = await state()
        if await !world.ledgerContents.pilots.isEmpty { problems.append("pilots left in the ledger: \(state)") }
        if await !world.ledgerContents.sites.isEmpty { problems.append("the site is left in the ledger") }
        let files = await (folders: world.folders, epoch: world.epoch)
        if !files.folders.isEmpty || files.epoch != nil { problems.append("files are left") }
        let left = await world.jobs.values.filter { $0.isAlive && !$0.isHarmless }
        if !left.isEmpty { problems.append("jobs are left: \(left.map(\.pilot))") }
        await noteViolations()
    }
}
