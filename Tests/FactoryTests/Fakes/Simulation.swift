import Logging
import VC3Model

@testable import Factory

/// One life of a Factory at its sites, with its process, its ledger and what is asked of it: chaos, then calm, then the end.
actor Simulation {
    /// Where each pilot set's pilots run.
    private static let homes = ["a": 0, "b": 0, "c": 1]
    static let places = [
        PilotSite(resource: "alpha", type: "batch", method: "ssh", flavor: "slurm", host: "alpha", account: "ana"),
        PilotSite(resource: "beta", type: "batch", method: "ssh", flavor: "slurm", host: "beta", account: "ana"),
    ]

    private let world: FakeWorld
    private var sites: [Site] = []
    private var sets: [String: (wanted: Int, isDeleting: Bool)] = [:]
    private(set) var problems: [String] = []
    /// The most that a set wants in this life.
    private var most = 5
    private var isFollowed = true

    /// - Parameter isFollowed: Whether ``log`` tells all that happens.
    init(seed: UInt64, isFollowed: Bool = false) {
        world = FakeWorld(seed: seed, faults: FakeWorld.Faults(), sites: Self.places.count, isFollowed: isFollowed)
    }

    var log: [String] { get async { await world.log } }
    /// How often each fault happened.
    var counts: [Int] { get async { await world.counts } }

    func start() async {
        sets = ["a": (3, false), "b": (2, false), "c": (2, false)]
        await world.setArrays(await world.draw(0...1) == 1)
        if await world.draw(1...10) == 1 { most = 40 }
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
        let counter = CountBox()
        var settings = SiteSettings()
        settings.newPilot = {
            counter.add()
            return PilotID(rawValue: "\(incarnation)-\(counter.value)")
        }
        let contents = await world.ledgerContents
        sites = Self.places.indices.map { number in
            Site(
                place: Self.places[number], remembering: contents,
                ledger: FakeLedger(world: world, incarnation: incarnation), tokens: FakeTokens(), settings: settings,
                clock: world.clock.site.anchored(),
                logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
            ) { [world] _ in
                FakeAccess(world: world, incarnation: incarnation, site: number)
            } onChange: { _ in
            }
        }
        await want()
        // As the Factory does for sets that are gone.
        for name in await strangers() { for site in sites { await site.release(name, isAsked: true) } }
    }

    /// Sets that only the ledger knows of.
    private func strangers() async -> [String] {
        Set(await world.ledgerContents.pilots.values.map(\.pilotSet)).subtracting(sets.keys).sorted()
    }

    private func want() async {
        for (name, set) in sets.sorted(by: { $0.key < $1.key }) {
            let home = Self.homes[name] ?? 0
            var spec = Self.spec(wanted: set.wanted)
            spec.site = Self.places[home]
            spec.walltime = 400
            spec.draintime = 60
            spec.peaceful = name != "b"
            await sites[home].want(name, spec, isDeleting: set.isDeleting, hasHadPilots: true)
        }
    }

    static func spec(wanted: Int) -> PilotSet.Spec {
        PilotSet.Spec(
            request: "r", nodeset: "n", allocation: "a", wanted: wanted, site: places[0],
            headnode: PilotHeadNode(collector: "head:9618", trustdomain: "r.vc3", privatetoken: "t"))
    }

    /// A turn of each site and some time.
    private func step() async {
        var due = Duration.seconds(5)
        await tellEvents()
        for site in sites {
            due = min(due, await site.turn() ?? due)
            if await world.hasCrashed {
                await restart()
                break
            }
        }
        let most = Int(max(1, due.inMilliseconds))
        // Mostly the time that the sites asked for, sometimes less: somebody wakes one.
        let pause = await world.draw(1...4) == 1 ? await world.draw(1...most) : most
        await world.advance(by: .milliseconds(pause))
    }

    /// Mostly somebody follows the spool folders.
    private func tellEvents() async {
        if await world.draw(1...20) == 1 { isFollowed.toggle() }
        for (number, site) in sites.enumerated() {
            _ = site.pulse.note(isFollowed, at: world.clock.elapsed)
            guard isFollowed else { continue }
            for event in await world.takeEvents(at: number) { await site.hear(event) }
        }
    }

    func chaos(steps: Int) async {
        for _ in 0..<steps {
            if await world.draw(1...15) == 1 {
                let name = ["a", "b", "c"][await world.draw(0...2)]
                sets[name] = (await world.draw(0...most), false)
                await tell()
                await want()
            }
            switch await world.draw(1...400) {
            case 1...3:
                // The folder of its state is gone, and it comes back without.
                await world.loseLedger()
                await restart()
            case 4...6:
                await world.loseLedger(oldCopy: true)
                await restart()
            case 7...20: await world.copyLedger()
            case 21...24: await world.jump()
            default: break
            }
            await step()
        }
    }

    /// Without further faults every pilot set gets exactly what it wants.
    func calm() async {
        await world.set(.none)
        sets = ["a": (4, false), "b": (1, false), "c": (2, false)]
        await tell()
        await want()
        for _ in 0..<600 {
            await step()
            if await isAsWanted() { break }
        }
        if await !isAsWanted() { problems.append("not as wanted after the calm: \(await state())") }
        let jobs = await world.jobs
        if !jobs.values.contains(where: { $0.isAlive && !$0.isHarmless }) { problems.append("no job lives") }
        for job in await unknownJobs() { problems.append("job \(job) is not in the ledger: \(await state())") }
        await noteViolations()
    }

    private func noteViolations() async {
        let violations = await world.violations
        problems += violations.filter { !problems.contains($0) }
    }

    private func isAsWanted() async -> Bool {
        for (name, set) in sets {
            let view = await sites[Self.homes[name] ?? 0].view(of: name)
            guard view.pending + view.running >= set.wanted, view.retiring == 0, view.submitting == 0,
                await world.working(name) == set.wanted
            else { return false }
        }
        // After a restart on an old ledger all may seem well before a site has been asked.
        return await unknownJobs().isEmpty
    }

    /// Jobs that live and are not, as they are, in the ledger.
    private func unknownJobs() async -> [String] {
        let known = await world.ledgerContents.pilots
        return await world.jobs.filter { id, job in
            job.isAlive && !job.isHarmless && (known[job.pilot]?.job != id || known[job.pilot]?.hasEnded == true)
        }.map { "\($0.key) of \($0.value.pilot)" }.sorted()
    }

    private func state() async -> String {
        let contents = await world.ledgerContents.pilots.values.filter { !$0.hasEnded }.map {
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
            if await isGone() { break }
        }
        await world.set(.none)
        for _ in 0..<5 { await step() }
        do {
            for name in await strangers() + sets.keys.sorted() { for site in sites { try await site.drop(name) } }
        } catch { problems.append("not dropped: \(error)") }
        if await !world.ledgerContents.pilots.isEmpty {
            problems.append("pilots left in the ledger: \(await world.ledgerContents.pilots.values)")
        }
        if await !world.ledgerContents.sites.isEmpty { problems.append("a site is left in the ledger") }
        if await !world.isClean { problems.append("files are left") }
        let left = await world.jobs.values.filter { $0.isAlive && !$0.isHarmless }
        if !left.isEmpty { problems.append("jobs are left: \(left.map(\.pilot))") }
        await noteViolations()
    }

    private func isGone() async -> Bool {
        for name in sets.keys.sorted() where await !sites[Self.homes[name] ?? 0].view(of: name).isGone { return false }
        return true
    }
}
