import InfoserviceAPI
import VC3Model

@testable import Factory

/// One life of several Factories that share their sites by leases: chaos, then calm, then the end.
///
/// While one of them waits for something, stands still or is away, the others go on, on the same clock.
actor SharedSimulation {
    /// Where each pilot set's pilots run.
    private static let homes = ["a": 0, "b": 0, "c": 1, "d": 2]
    static let places = ["alpha", "beta", "gamma"].map {
        PilotSite(resource: $0, type: "batch", method: "ssh", flavor: "slurm", host: $0, account: "ana")
    }

    private let world: FakeWorld
    private let store = InMemoryInfoservice()
    private let numbers: Range<Int>
    private var factories: [Int: SimulatedFactory] = [:]
    /// When those that are away come back.
    private var returns: [Int: Duration] = [:]
    private var frozen: Set<Int> = []
    private(set) var problems: [String] = []
    /// The most that a set wants in this life.
    private var most = 5

    init(seed: UInt64, isFollowed: Bool = false) {
        var random = SeededRandom(seed: seed)
        numbers = 0..<(Int.random(in: 0..<4, using: &random) == 0 ? 3 : 2)
        world = FakeWorld(
            seed: seed, faults: .several, sites: Self.places.count, factories: numbers.count,
            isFollowed: isFollowed)
    }

    var log: [String] { get async { await world.log } }
    /// How often each fault happened.
    var counts: [Int] { get async { await world.counts } }

    func start() async {
        await world.setArrays(await world.draw(0...1) == 1)
        if await world.draw(1...10) == 1 { most = 20 }
        await world.live { [weak self] factory, isFrozen, duration in
            await self?.meanwhile(factory, isFrozen, duration)
        }
        for name in Self.homes.keys.sorted() { await make(name, wanting: 2) }
        for number in numbers { returns[number] = .seconds(await world.draw(0...40) * number) }
    }

    // MARK: - Time

    private func meanwhile(_ factory: Int, _ isFrozen: Bool, _ duration: Duration) async {
        let isFirst = isFrozen && frozen.insert(factory).inserted
        await live(for: duration)
        if isFirst { frozen.remove(factory) }
    }

    private func live(for duration: Duration) async {
        let end = await world.now + duration
        var now = await world.now
        repeat {
            var due = Duration.seconds(1)
            for number in numbers where !frozen.contains(number) {
                await revive(number)
                if let factory = factories[number] { due = min(due, await factory.step()) }
            }
            now = await world.now
            await world.advance(by: max(.milliseconds(1), min(due, end - now)))
            now = await world.now
        } while now < end
    }

    /// Whoever is dead is started again, mostly at once.
    private func revive(_ number: Int) async {
        if factories[number] != nil, await world.hasCrashed(number) {
            factories[number] = nil
            returns[number] =
                await world.happens(.absence) ? await world.now + .seconds(await world.draw(1...40)) : .zero
        }
        guard factories[number] == nil, let moment = returns[number], await world.now >= moment else { return }
        returns[number] = nil
        factories[number] = await SimulatedFactory(number: number, world: world, store: store)
    }

    // MARK: - What is asked for

    private func make(_ name: String, wanting number: Int) async {
        await world.want(number, name)
        var spec = Simulation.spec(wanted: number)
        spec.site = Self.places[Self.homes[name] ?? 0]
        spec.walltime = 400
        spec.draintime = 60
        spec.peaceful = name != "b"
        do {
            _ = try await store.create(EntityDraft(kind: .pilotset, name: name, spec: JSONValue(encoding: spec)))
        } catch { problems.append("pilot set \(name): \(error)") }
    }

    /// Asks for so many pilots, of a set that may have to be made anew.
    ///
    /// - Returns: Whether that could be said.
    @discardableResult
    private func want(_ number: Int, _ name: String) async -> Bool {
        guard let record = try? await store.record(.pilotset, name) else {
            await make(name, wanting: number)
            return true
        }
        if record.metadata.deleting != nil { return false }
        await world.want(number, name)
        try? await store.change(name) { $0.wanted = number }
        return true
    }

    private func delete(_ name: String) async {
        await world.want(0, name)
        try? await store.delete(.pilotset, name, cascade: false)
    }

    // MARK: - A life

    func chaos(steps: Int) async {
        let names = Self.homes.keys.sorted()
        for _ in 0..<steps {
            if await world.draw(1...10) == 1 {
                await want(await world.draw(0...most), names[await world.draw(0...3)])
            }
            let number = await world.draw(0...(numbers.count - 1))
            switch await world.draw(1...400) {
            case 1...2: await restart(number) { await self.world.loseLedger(of: number) }
            case 3...5: await restart(number) { await self.world.loseLedger(of: number, oldCopy: true) }
            case 6...20: await world.copyLedger(of: number)
            case 21...23: await world.jump()
            case 24...28: await delete(names[await world.draw(0...3)])
            default: break
            }
            if await world.happens(.departure), let factory = factories.removeValue(forKey: number) {
                await factory.leave()
                returns[number] = await world.now + .seconds(await world.draw(0...60))
            }
            await live(for: .seconds(await world.draw(1...3)))
        }
    }

    private func restart(_ number: Int, _ change: () async -> Void) async {
        factories[number] = nil
        returns[number] = .zero
        await change()
    }

    /// Without further faults every pilot set gets exactly what it wants, mostly from all Factories, sometimes from one that
    /// is left.
    func calm() async {
        await world.note("calm")
        await world.set(.none)
        if await world.draw(1...3) == 1 {
            for number in numbers.dropFirst() {
                factories[number] = nil
                returns[number] = nil
            }
            returns[0] = factories[0] == nil ? .zero : nil
        }
        let wishes = ["a": 4, "b": 1, "c": 2, "d": 3]
        var isSaid: Set<String> = []
        // Pilots are replaced ahead of their end, now of one set, now of another: what counts is that each comes right.
        let judged = wishes.keys + Self.places.map(\.resource)
        var wrong = Dictionary(uniqueKeysWithValues: judged.map { ($0, "\($0): not all is said") })
        for _ in 0..<900 {
            for (name, number) in wishes.sorted(by: { $0.key < $1.key }) where !isSaid.contains(name) {
                if await want(number, name) { isSaid.insert(name) }
            }
            await live(for: .seconds(1))
            if isSaid.count < wishes.count { continue }
            let now = await whatIsWrong(wishes)
            for name in wrong.keys { wrong[name] = now[name] }
            if wrong.isEmpty { break }
        }
        problems += wrong.values.sorted().map { "not as wanted after the calm: \($0)" }
        await noteViolations()
    }

    private func noteViolations() async {
        let violations = await world.violations
        problems += violations.filter { !problems.contains($0) }
    }

    /// What is not as it should be, of each set and site: there, in the Infoservice, or in the books of whoever has the site.
    private func whatIsWrong(_ wishes: [String: Int]) async -> [String: String] {
        var wrong: [String: String] = [:]
        for (name, number) in wishes {
            let status = (try? await Entity<PilotSet>(store.record(.pilotset, name)))?.status
            let there = await world.working(name)
            if there != number { wrong[name] = "\(there) of \(number) pilots of \(name) are there" }
            if let status, status.pending + status.running == number, status.submitting + status.retiring == 0 {
                continue
            }
            wrong[name] = "\(name) is told to have \(status.map { "\($0.pending)+\($0.running)" } ?? "nothing")"
        }
        for (index, place) in Self.places.enumerated() {
            var holders: [Int] = []
            for (number, factory) in factories where await factory.held.contains(SiteID(place)) {
                holders.append(number)
            }
            guard holders.count == 1, let holder = holders.first else {
                wrong[place.resource] = "\(place.resource) is held by \(holders.sorted())"
                continue
            }
            let known = await world.ledger(of: holder).pilots
            for (id, job) in await world.jobs(at: index) where job.isAlive && !job.isHarmless {
                if known[job.pilot]?.job == id, known[job.pilot]?.hasEnded == false { continue }
                wrong[place.resource] = "job \(id) of \(job.pilot) is not in the ledger of factory \(holder)"
            }
        }
        return wrong
    }

    /// Deleting leaves nothing: no job, no file, no entity, and no pilot that a ledger takes for one with something left.
    func end() async {
        await world.note("the end")
        await world.set(FakeWorld.Faults(refusal: 0, pilotFailure: 0))
        for name in Self.homes.keys.sorted() { await delete(name) }
        for step in 0..<1200 {
            if step == 600 { await world.set(.none) }
            await live(for: .seconds(1))
            // Whoever is away may remember something.
            if returns.isEmpty, await left().isEmpty { break }
        }
        await world.set(.none)
        for _ in 0..<20 { await live(for: .seconds(1)) }
        problems += await left()
        await noteViolations()
    }

    /// A former holder's ledger may remember pilots of which nothing is left anywhere; that is not judged.
    private func left() async -> [String] {
        var left: [String] = []
        for kind in [EntityKind.pilotset, .pilot] {
            let names = await store.records(kind, matching: .all, page: .whole).items.map(\.name)
            if !names.isEmpty { left.append("left in the Infoservice: \(kind) \(names)") }
        }
        for number in factories.keys.sorted() {
            let contents = await world.ledger(of: number)
            if !contents.sites.isEmpty { left.append("a site is left in the ledger of factory \(number)") }
            let pilots = contents.pilots.values.filter { !$0.isCleared }.map(\.id).sorted()
            if !pilots.isEmpty { left.append("left in the ledger of factory \(number): \(pilots)") }
        }
        if await !world.isClean { left.append("files are left") }
        let jobs = await world.jobs.values.filter { $0.isAlive && !$0.isHarmless }.map(\.pilot).sorted()
        if !jobs.isEmpty { left.append("jobs are left: \(jobs)") }
        return left
    }
}
