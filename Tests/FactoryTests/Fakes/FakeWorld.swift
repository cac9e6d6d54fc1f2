import BatchSystems
import VC3Model

@testable import Factory

/// Sites, their batch systems and file systems, as far as pilots see them, and the Factories' own processes and disks, with
/// every fault that a Factory must survive. One seed decides all that happens.
actor FakeWorld {
    typealias Job = FakeBatchSystem.Job
    /// Lets the rest of the world live for so long, while one thing takes its time at a Factory: all else of the same one
    /// goes on too, unless the whole process stands still.
    typealias Meanwhile = @Sendable (_ factory: Int, _ isFrozen: Bool, Duration) async -> Void

    /// Whoever acts: one of the Factories, since one of its starts.
    struct Caller: Sendable {
        var factory = 0
        var incarnation: Int
    }

    /// The time that a Factory in this world sees.
    nonisolated let clock = FakeClock()
    private let fate: FakeFate
    private let sites: [FakeSite]
    private var promises = FakePromises()
    private var factories = [FakeProcess()]
    private var meanwhile: Meanwhile?
    private(set) var commands = 0
    private var deliveryIsHeld = false

    /// - Parameter isFollowed: Whether what happens is kept in ``log``.
    init(seed: UInt64, faults: Faults, sites number: Int = 1, factories: Int = 1, isFollowed: Bool = false) {
        self.factories = Array(repeating: FakeProcess(), count: factories)
        let fate = FakeFate(seed: seed, faults: faults, isFollowed: isFollowed)
        self.fate = fate
        sites = (0..<number).map { FakeSite(fate: fate, prefix: $0 == 0 ? "" : "\($0)-") }
    }

    var now: Duration { fate.now }
    var ledgerContents: LedgerContents { factories[0].contents }
    func ledger(of factory: Int) -> LedgerContents { factories[factory].contents }
    var hasCrashed: Bool { factories[0].hasCrashed }
    func hasCrashed(_ factory: Int) -> Bool { factories[factory].hasCrashed }
    var violations: [String] { promises.violations }
    /// What happened, for whoever follows one seed.
    var log: [String] { fate.log }
    /// How often each fault happened.
    var counts: [Int] { fate.counts }
    var epoch: String? { sites[0].epoch }
    var folders: [PilotID: FakeSite.Folder] { sites.reduce(into: [:]) { $0.merge($1.folders) { first, _ in first } } }
    var jobs: [JobID: Job] { sites.reduce(into: [:]) { $0.merge($1.batch.jobs) { first, _ in first } } }
    func jobs(at site: Int) -> [JobID: Job] { sites[site].batch.jobs }
    var attempts: Int { sites.reduce(0) { $0 + $1.attempts } }
    var isClean: Bool { sites.allSatisfy { $0.folders.isEmpty && $0.epoch == nil } }

    func set(_ faults: Faults) {
        fate.faults = faults
        for factory in factories.indices { factories[factory].calmDown() }
        for site in sites { site.calmDown() }
    }
    func setLives(_ lives: ClosedRange<Double>) { for site in sites { site.batch.lives = lives } }
    func setWaits(_ waits: ClosedRange<Double>) { for site in sites { site.batch.waits = waits } }
    func setReports(_ share: Double) { for site in sites { site.batch.reports = share } }
    func setArrays(_ takesArrays: Bool) { for site in sites { site.takesArrays = takesArrays } }
    func want(_ number: Int, _ set: String) {
        promises.wanted[set] = number
        for index in factories.indices {
            factories[index].believed[set] = max(number, factories[index].believed[set] ?? 0)
        }
    }
    func draw(_ range: ClosedRange<Int>) -> Int { fate.draw(range) }

    // MARK: - Time

    func advance(by step: Duration) {
        let target = fate.now + step
        while let next = sites.compactMap(\.nextAction).min(), next <= target {
            fate.now = max(fate.now, next)
            advanceSites()
        }
        fate.now = target
        advanceSites()
        clock.elapsed = target
    }

    private func advanceSites() {
        for site in sites {
            site.advance()
            judge(site)
        }
    }

    /// The time of day is set, by up to two hours.
    func jump() {
        let isForward = fate.happens(0.5)
        let by = fate.seconds(1...7200)
        fate.count(isForward ? .clockForward : .clockBackward)
        fate.note("the clock is set \(isForward ? "forward" : "back") by \(by)")
        clock.offset += isForward ? by : .zero - by
    }

    // MARK: - The Factories' processes

    /// From now on nothing that takes long holds up the rest of the world.
    func live(_ meanwhile: @escaping Meanwhile) { self.meanwhile = meanwhile }

    /// The disk with the ledger is gone, or has an old copy of it.
    func loseLedger(of factory: Int = 0, oldCopy: Bool = false) {
        fate.count(oldCopy ? .oldLedger : .lostLedger)
        fate.note("factory \(factory): \(oldCopy ? "old ledger" : "ledger lost")")
        factories[factory].loseLedger(oldCopy: oldCopy)
    }

    func copyLedger(of factory: Int = 0) { factories[factory].copyLedger() }

    /// Pilots of a set that exist and take work, now or once they start.
    func working(_ set: String) -> Int { sites.reduce(0) { $0 + promises.working(set, at: $1) } }

    func begin(_ factory: Int = 0) -> Int { factories[factory].begin() }

    /// A Factory is about to act on what it believes.
    ///
    /// - Parameter isAlone: Nothing that it began earlier is still under way.
    func believe(_ wanted: [String: Int], _ factory: Int, isAlone: Bool) {
        let old = isAlone ? [:] : factories[factory].believed
        factories[factory].believed = old.merging(wanted) { max($0, $1) }.merging(promises.wanted) { max($0, $1) }
    }

    private func isAlive(_ caller: Caller) -> Bool { factories[caller.factory].isAlive(caller.incarnation) }

    /// After a crash nothing that the old process does has any effect.
    private func enter(_ caller: Caller) async throws(SiteFailure) {
        guard isAlive(caller) else { throw Self.dead }
        if let meanwhile, fate.happens(.frozen, fate.faults.frozen) {
            let pause = fate.seconds(0.1...40)
            fate.note("factory \(caller.factory) stands still for \(pause)")
            await meanwhile(caller.factory, true, pause)
            fate.note("factory \(caller.factory) goes on")
        }
        guard isAlive(caller) else { throw Self.dead }
        if fate.happens(.crash, fate.faults.crash) { try crash(caller) }
    }

    /// Something that takes its time.
    private func elapse(_ duration: Duration, _ caller: Caller) async throws(SiteFailure) {
        guard let meanwhile else { return advance(by: duration) }
        await meanwhile(caller.factory, false, duration)
        guard isAlive(caller) else { throw Self.dead }
    }

    private func crash(_ caller: Caller) throws(SiteFailure) {
        factories[caller.factory].hasCrashed = true
        fate.note("factory \(caller.factory): crash")
        throw Self.dead
    }

    private static let dead = SiteFailure(reason: "Crashed", message: "crashed", mender: .nobody, outcomeUnknown: true)

    func append(_ entries: [LedgerEntry], by caller: Caller) async throws {
        try await enter(caller)
        if fate.happens(.ledgerDiskFull, fate.faults.ledgerDiskFull) {
            factories[caller.factory].ledgerIsFullUntil = fate.now + fate.seconds(1...60)
        }
        if fate.now < factories[caller.factory].ledgerIsFullUntil {
            throw LedgerError(.system(28), "no space left on device")
        }
        for entry in entries { write(entry, caller.factory) }
        if fate.happens(.crash, fate.faults.crash) { try crash(caller) }
    }

    private func write(_ entry: LedgerEntry, _ factory: Int) {
        if case .pilot(let record) = entry {
            fate.note(
                "ledger \(factory): \(record.id) \(record.pilotSet) \(record.stage) \(record.end.map { "\($0)" } ?? "") \(record.retiring.map { "retiring \($0)" } ?? "")"
            )
            if record.stage == .intended, factories[factory].contents.pilots[record.id] == nil {
                promises.note(record, believed: factories[factory].believed[record.pilotSet] ?? 0)
            }
        }
        factories[factory].contents.apply(entry)
    }

    // MARK: - The Infoservice

    /// A request is on its way.
    func storeBegins(_ caller: Caller) async throws {
        try await enter(caller)
        if fate.happens(.storeOutage, fate.faults.storeOutage) {
            factories[caller.factory].storeIsAwayUntil = fate.now + fate.seconds(1...60)
        }
        if fate.now < factories[caller.factory].storeIsAwayUntil
            || fate.happens(.lostStoreRequest, fate.faults.lostStoreRequest)
        {
            throw VC3Error(.unavailable, "no answer")
        }
        if fate.happens(.slowStore, fate.faults.slowStore) { try await elapse(fate.seconds(0.1...15), caller) }
    }

    /// The answer is on its way back.
    func storeEnds(_ caller: Caller) async throws {
        if fate.happens(.slowStore, fate.faults.slowStore) { try await elapse(fate.seconds(0.1...15), caller) }
        guard isAlive(caller), !fate.happens(.lostStoreAnswer, fate.faults.lostStoreAnswer) else {
            throw VC3Error(.unavailable, "no answer")
        }
    }

    /// Whether this fault happens now to one of the Factories.
    func happens(_ fault: FakeFault) -> Bool {
        switch fault {
        case .absence: fate.happens(fault, fate.faults.absence)
        case .departure: fate.happens(fault, fate.faults.departure)
        case .lateWatch: fate.happens(fault, fate.faults.lateWatch)
        default: false
        }
    }

    func note(_ text: String) { fate.note(text) }

    // MARK: - The sites

    func contact(_ caller: Caller, _ site: Int) async throws(SiteFailure) {
        try await enter(caller)
        commands += 1
        if fate.happens(.slowCommand, fate.faults.slowCommand) { try await elapse(fate.seconds(0.1...60), caller) }
        try sites[site].beReached()
    }

    /// Runs `effect` at the site, unless the request or the reply is lost.
    private func command<Answer>(
        _ caller: Caller, _ number: Int, _ effect: (FakeSite) throws(SiteFailure) -> Answer
    ) async throws(SiteFailure) -> Answer {
        try await contact(caller, number)
        if fate.happens(.lostRequest, fate.faults.lostRequest) { throw FakeSite.lost }
        let answer = try effect(sites[number])
        if fate.happens(.slowCommand, fate.faults.slowCommand) { try await elapse(fate.seconds(0.1...60), caller) }
        if fate.happens(.crash, fate.faults.crash) { try crash(caller) }
        if fate.happens(.lostReply, fate.faults.lostReply) { throw FakeSite.lost }
        return answer
    }

    func perform<Answer: Sendable>(
        at site: Int, by caller: Caller, _ effect: @Sendable (FakeSite) throws(SiteFailure) -> Answer
    ) async throws(SiteFailure) -> Answer { try await command(caller, site, effect) }

    func submit(
        _ orders: [PilotOrder], epoch: String, term: Int64, at number: Int, by caller: Caller
    ) async throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        if fate.happens(.lateScript, fate.faults.lateScript) {
            try await contact(caller, number)
            sites[number].submitLater(orders, epoch: epoch)
            throw FakeSite.lost
        }
        return try await command(caller, number) { site throws(SiteFailure) in
            defer { judge(site) }
            try site.refuse(term)
            return try site.submit(orders, epoch: epoch)
        }
    }

    /// Jobs that came into being, once all of them are there.
    private func judge(_ site: FakeSite) {
        for pilot in site.takeFresh() {
            let alive = promises.set(of: pilot).map(working) ?? 0
            promises.judge(pilot, at: site, alive: alive)
        }
    }

    // MARK: - What tests do

    var lacksBundle: Bool { sites[0].lacksBundle }
    var deliveries: Int { sites[0].deliveries }
    var renewals: [PilotID: [Duration]] { sites[0].renewals }

    /// What pilots share is missing, and so many attempts to bring it fail.
    func loseBundle(failures: Int = 0) { sites[0].loseBundle(failures: failures) }

    func holdDelivery(_ isHeld: Bool) { deliveryIsHeld = isHeld }

    func deliver(at site: Int, by caller: Caller) async throws(SiteFailure) {
        try await contact(caller, site)
        sites[site].deliveryBegins()
        while deliveryIsHeld { await Task.yield() }
        try sites[site].takeBundle()
    }

    var schedulerCommands: Int { sites.reduce(0) { $0 + $1.batch.commands } }
    var avoided: [[String]] { sites.flatMap(\.avoided) }
    var cancelled: [JobID] { sites.flatMap(\.batch.cancelled) }
    var removedTooEarly: [PilotID] { sites.flatMap(\.removedTooEarly) }
    func takeEvents(at site: Int = 0) -> [PilotEvent] { sites[site].takeEvents() }
    func end(_ pilot: PilotID) { sites[0].end(pilot) }

    func ignoreOrders() { sites[0].ignoreOrders() }
    func relabel(_ set: String) { sites[0].relabel(set) }
    func setBusy(_ pilot: PilotID, _ isBusy: Bool) { sites[0].setBusy(pilot, isBusy) }

    /// A second job for a pilot that has one.
    func addDouble() -> (first: JobID, second: JobID)? {
        let batch = sites[0].batch
        guard let first = batch.alive.first, let job = batch[first] else { return nil }
        let second = JobID(rawValue: "double")
        batch.add(job, as: second)
        return (first, second)
    }
}
