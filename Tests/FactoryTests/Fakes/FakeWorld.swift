import BatchSystems
import Synchronization
import VC3Model

@testable import Factory

/// Sites, their batch systems and file systems, as far as pilots see them, and the Factory's own process and disk, with
/// every fault that the Factory must survive. One seed decides all that happens.
actor FakeWorld {
    typealias Job = FakeBatchSystem.Job

    /// The time that a Factory in this world sees.
    nonisolated let clock = FakeClock()
    private let fate: FakeFate
    private let sites: [FakeSite]
    private var promises = FakePromises()
    private(set) var ledgerContents = LedgerContents()
    private var oldContents = LedgerContents()
    private var ledgerIsFullUntil = Duration.zero
    private(set) var incarnation = 0
    private(set) var hasCrashed = false
    private(set) var commands = 0
    private var deliveryIsHeld = false

    /// - Parameter isFollowed: Whether what happens is kept in ``log``.
    init(seed: UInt64, faults: Faults, sites number: Int = 1, isFollowed: Bool = false) {
        let fate = FakeFate(seed: seed, faults: faults, isFollowed: isFollowed)
        self.fate = fate
        sites = (0..<number).map { FakeSite(fate: fate, prefix: $0 == 0 ? "" : "\($0)-") }
    }

    var now: Duration { fate.now }
    var violations: [String] { promises.violations }
    /// What happened, for whoever follows one seed.
    var log: [String] { fate.log }
    /// How often each fault happened.
    var counts: [Int] { fate.counts }
    var epoch: String? { sites[0].epoch }
    var folders: [PilotID: FakeSite.Folder] { sites.reduce(into: [:]) { $0.merge($1.folders) { first, _ in first } } }
    var jobs: [JobID: Job] { sites.reduce(into: [:]) { $0.merge($1.batch.jobs) { first, _ in first } } }
    var attempts: Int { sites.reduce(0) { $0 + $1.attempts } }
    var isClean: Bool { sites.allSatisfy { $0.folders.isEmpty && $0.epoch == nil } }

    func set(_ faults: Faults) {
        fate.faults = faults
        ledgerIsFullUntil = .zero
        for site in sites { site.calmDown() }
    }
    func setLives(_ lives: ClosedRange<Double>) { for site in sites { site.batch.lives = lives } }
    func setWaits(_ waits: ClosedRange<Double>) { for site in sites { site.batch.waits = waits } }
    func setReports(_ share: Double) { for site in sites { site.batch.reports = share } }
    func setArrays(_ takesArrays: Bool) { for site in sites { site.takesArrays = takesArrays } }
    func want(_ number: Int, _ set: String) { promises.wanted[set] = number }
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

    // MARK: - The Factory's process

    /// The disk with the ledger is gone, or has an old copy of it.
    func loseLedger(oldCopy: Bool = false) {
        fate.count(oldCopy ? .oldLedger : .lostLedger)
        fate.note(oldCopy ? "old ledger" : "ledger lost")
        ledgerContents = oldCopy ? oldContents : LedgerContents()
    }

    func copyLedger() { oldContents = ledgerContents }

    /// Pilots of a set that exist and take work, now or once they start.
    func working(_ set: String) -> Int { sites.reduce(0) { $0 + promises.working(set, at: $1) } }

    func begin() -> Int {
        incarnation += 1
        hasCrashed = false
        return incarnation
    }

    /// After a crash nothing that the old process does has any effect.
    private func enter(_ caller: Int) throws(SiteFailure) {
        guard caller == incarnation, !hasCrashed else { throw Self.dead }
        if fate.happens(.crash, fate.faults.crash) { try crash() }
    }

    private func crash() throws(SiteFailure) {
        hasCrashed = true
        fate.note("crash")
        throw Self.dead
    }

    private static let dead = SiteFailure(reason: "Crashed", message: "crashed", mender: .nobody, outcomeUnknown: true)

    func append(_ entries: [LedgerEntry], by caller: Int) throws {
        try enter(caller)
        if fate.happens(.ledgerDiskFull, fate.faults.ledgerDiskFull) {
            ledgerIsFullUntil = fate.now + fate.seconds(1...60)
        }
        if fate.now < ledgerIsFullUntil { throw LedgerError(.system(28), "no space left on device") }
        for entry in entries {
            if case .pilot(let record) = entry {
                fate.note(
                    "ledger \(record.id) \(record.pilotSet) \(record.stage) \(record.end.map { "\($0)" } ?? "") \(record.retiring.map { "retiring \($0)" } ?? "")"
                )
                if record.stage == .intended, ledgerContents.pilots[record.id] == nil { promises.note(record) }
            }
            ledgerContents.apply(entry)
        }
        if fate.happens(.crash, fate.faults.crash) { try crash() }
    }

    // MARK: - The sites

    func contact(_ caller: Int, _ site: Int) throws(SiteFailure) {
        try enter(caller)
        commands += 1
        if fate.happens(.slowCommand, fate.faults.slowCommand) { advance(by: fate.seconds(0.1...60)) }
        try sites[site].beReached()
    }

    /// Runs `effect` at the site, unless the request or the reply is lost.
    private func command<Answer>(
        _ caller: Int, _ number: Int, _ effect: (FakeSite) throws(SiteFailure) -> Answer
    ) throws(SiteFailure) -> Answer {
        try contact(caller, number)
        if fate.happens(.lostRequest, fate.faults.lostRequest) { throw FakeSite.lost }
        let answer = try effect(sites[number])
        if fate.happens(.slowCommand, fate.faults.slowCommand) { advance(by: fate.seconds(0.1...60)) }
        if fate.happens(.crash, fate.faults.crash) { try crash() }
        if fate.happens(.lostReply, fate.faults.lostReply) { throw FakeSite.lost }
        return answer
    }

    func perform<Answer: Sendable>(
        at site: Int, by caller: Int, _ effect: @Sendable (FakeSite) throws(SiteFailure) -> Answer
    ) throws(SiteFailure) -> Answer { try command(caller, site, effect) }

    func submit(
        _ orders: [PilotOrder], epoch: String, at number: Int, by caller: Int
    ) throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        if fate.happens(.lateScript, fate.faults.lateScript) {
            try contact(caller, number)
            sites[number].submitLater(orders, epoch: epoch)
            throw FakeSite.lost
        }
        return try command(caller, number) { site throws(SiteFailure) in
            defer { judge(site) }
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

    func deliver(at site: Int, by caller: Int) async throws(SiteFailure) {
        try contact(caller, site)
        sites[site].deliveryBegins()
        while deliveryIsHeld { await Task.yield() }
        try sites[site].takeBundle()
    }

    var schedulerCommands: Int { sites.reduce(0) { $0 + $1.batch.commands } }
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

/// A clock that the world moves, and a time of day that may be wrong.
final class FakeClock: Sendable {
    private let state = Mutex((elapsed: Duration.zero, offset: Duration.zero))

    var elapsed: Duration {
        get { state.withLock { $0.elapsed } }
        set { state.withLock { $0.elapsed = newValue } }
    }
    var offset: Duration {
        get { state.withLock { $0.offset } }
        set { state.withLock { $0.offset = newValue } }
    }

    var site: SiteClock {
        SiteClock(
            elapsed: { self.elapsed },
            wall: WallClock { Timestamp(milliseconds: 0) + self.elapsed + self.offset })
    }
}
