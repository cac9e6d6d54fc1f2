import BatchSystems
import VC3Model

@testable import Factory

/// A site, its batch system and its file system, as far as pilots see them, with every fault that the Factory must
/// survive. One seed decides all that happens.
actor FakeWorld {
    /// How likely each fault is, from 0 to 1.
    struct Faults: Sendable {
        var crash = 0.02
        var unreachable = 0.05
        var lostRequest = 0.04
        var lostReply = 0.05
        var lateScript = 0.04
        var killedScript = 0.04
        var slowSubmission = 0.05
        var refusal = 0.04
        var lossyLook = 0.06
        var emptyLook = 0.04
        var pilotFailure = 0.1

        static let none = Faults(
            crash: 0, unreachable: 0, lostRequest: 0, lostReply: 0, lateScript: 0, killedScript: 0, slowSubmission: 0,
            refusal: 0, lossyLook: 0, emptyLook: 0, pilotFailure: 0)
    }

    struct Folder {
        enum Fence { case submitter(livesUntil: Duration), recovery }
        var fence: Fence?
        /// What its label says.
        var set: String?
        var intendedAt: Timestamp?
        var walltime: Int?
        var job: JobID?
        var refusal: SubmissionRefusal?
        var isBuried = false
        var report: PilotReport?
    }

    struct Job {
        var pilot: PilotID
        var state: JobState
        var startsAt: Duration
        var endsAt: Duration
        var end: JobState
        var leavesReport: Bool
        /// Buried before it came into being: it ends at once when it starts.
        var isHarmless: Bool
        /// When it takes no new work any more, by itself.
        var drainsAt: Duration
        /// It was told to finish.
        var isToldToFinish = false
        var isAlive: Bool { !state.isFinal }
        func isDraining(at now: Duration) -> Bool { state == .running && (isToldToFinish || now >= drainsAt) }
    }

    private(set) var now = Duration.zero
    private(set) var violations: [String] = []
    private(set) var epoch: String?
    private(set) var folders: [PilotID: Folder] = [:]
    private(set) var jobs: [JobID: Job] = [:]
    private(set) var ledgerContents = LedgerContents()
    private(set) var incarnation = 0
    private(set) var hasCrashed = false
    private(set) var commands = 0
    private(set) var lacksBundle = false
    private(set) var deliveries = 0
    private var deliveryFailures = 0
    private var deliveryIsHeld = false
    /// What happened, for whoever follows one seed.
    private(set) var log: [String] = []
    private var later: [(at: Duration, action: Action)] = []
    private var faults: Faults
    private var random: SeededRandom
    private var nextJob = 1
    private var nextPilot = 0
    /// What was wanted when each pilot was intended, and of which set.
    private var intents: [(pilot: PilotID, set: String, wanted: Int)] = []
    private var wanted: [String: Int] = [:]
    /// How many pilots the batch system was asked to take.
    private(set) var attempts = 0
    private var busy: [PilotID: Bool] = [:]
    private var ignoresOrders = false
    private var lives: ClosedRange<Double> = 20...600
    private var waits: ClosedRange<Double> = 0...20
    /// When each pilot's token was replaced.
    private(set) var renewals: [PilotID: [Duration]] = [:]

    private enum Action {
        case script([PilotOrder], epoch: String)
        case job(PilotID, writesFile: Bool)
    }

    init(seed: UInt64, faults: Faults) {
        random = SeededRandom(seed: seed)
        self.faults = faults
    }

    func set(_ faults: Faults) { self.faults = faults }
    /// How long pilots run, in seconds.
    func setLives(_ lives: ClosedRange<Double>) { self.lives = lives }
    /// Seconds that jobs wait in the queue.
    func setWaits(_ waits: ClosedRange<Double>) { self.waits = waits }
    func want(_ number: Int, _ set: String) { wanted[set] = number }
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private func happens(_ chance: Double) -> Bool { Double.random(in: 0..<1, using: &random) < chance }
    private func seconds(_ range: ClosedRange<Double>) -> Duration {
        .seconds(Double.random(in: range, using: &random))
    }

    // MARK: - The Factory's process

    /// The disk with the ledger is gone.
    func loseLedger() {
        note("ledger lost")
        ledgerContents = LedgerContents()
    }

    /// Pilots of a set that exist and take work, now or once they start.
    func working(_ set: String) -> Int {
        let members = Set(intents.filter { $0.set == set }.map(\.pilot))
        return jobs.values.count {
            $0.isAlive && !$0.isHarmless && !$0.isDraining(at: now) && members.contains($0.pilot)
        }
    }

    func begin() -> Int {
        incarnation += 1
        hasCrashed = false
        return incarnation
    }

    /// After a crash nothing that the old process does has any effect.
    private func enter(_ caller: Int) throws(SiteFailure) {
        guard caller == incarnation, !hasCrashed else { throw Self.dead }
        if happens(faults.crash) { try crash() }
    }

    private func crash() throws(SiteFailure) {
        hasCrashed = true
        note("crash")
        throw Self.dead
    }

    private static let dead = SiteFailure(reason: "Crashed", message: "crashed", mender: .nobody, outcomeUnknown: true)

    private func note(_ text: String) { log.append("\(now.inMilliseconds) ms: \(text)") }

    func append(_ entries: [LedgerEntry], by caller: Int) throws {
        try enter(caller)
        for entry in entries {
            if case .pilot(let record) = entry {
                note(
                    "ledger \(record.id) \(record.pilotSet) \(record.stage) \(record.end.map { "\($0)" } ?? "") \(record.retiring.map { "retiring \($0)" } ?? "")"
                )
            }
            if case .pilot(let record) = entry, record.stage == .intended, ledgerContents.pilots[record.id] == nil,
                !intents.contains(where: { $0.pilot == record.id })
            {
                intents.append((record.id, record.pilotSet, wanted[record.pilotSet] ?? 0))
            }
            ledgerContents.apply(entry)
        }
        if happens(faults.crash) { try crash() }
    }

    // MARK: - Time

    func advance(by step: Duration) {
        let target = now + step
        while let next = later.enumerated().min(by: { $0.element.at < $1.element.at }), next.element.at <= target {
            later.remove(at: next.offset)
            now = max(now, next.element.at)
            runJobs()
            perform(next.element.action)
        }
        now = target
        runJobs()
    }

    private func runJobs() {
        for (id, job) in jobs.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where job.isAlive {
            var job = job
            if job.state == .pending, job.startsAt <= now {
                job.state = .running
                let second = Int(job.startsAt / .seconds(1))
                folders[job.pilot]?.report = PilotReport(
                    phase: "joined", node: "n1", phases: ["started": second, "validated": second, "joined": second + 1])
                if folders[job.pilot].map(\.isBuried) ?? true {
                    job.endsAt = job.startsAt
                    job.end = .done
                    job.leavesReport = false
                }
            }
            if job.state == .running, job.endsAt <= now {
                job.state = job.end
                note("end of \(id) of \(job.pilot)")
                if job.leavesReport {
                    let isWell = job.end == .done
                    let isOver = job.drainsAt <= now && !job.isToldToFinish
                    folders[job.pilot]?.report = PilotReport(
                        phase: "ended", reason: isWell && isOver ? "walltime" : nil, exitCode: isWell ? 0 : 1,
                        node: "n1")
                }
            }
            jobs[id] = job
        }
    }

    private func perform(_ action: Action) {
        switch action {
        case .script(let orders, let epoch): _ = run(orders, epoch: epoch, until: nil)
        case .job(let pilot, let writesFile):
            let job = createJob(pilot)
            if writesFile { folders[pilot]?.job = job }
        }
    }

    // MARK: - The site

    func contact(_ caller: Int) throws(SiteFailure) {
        try enter(caller)
        commands += 1
        if happens(faults.unreachable) { throw Self.unreachable }
    }

    private static let unreachable = SiteFailure(reason: "Unreachable", message: "no answer", mender: .nobody)
    private static let lost = SiteFailure(
        reason: "ConnectionLost", message: "lost", mender: .nobody, outcomeUnknown: true)

    /// Runs `effect` at the site, unless the request or the reply is lost.
    private func command<Answer>(_ caller: Int, _ effect: () throws(SiteFailure) -> Answer) throws(SiteFailure)
        -> Answer
    {
        try contact(caller)
        if happens(faults.lostRequest) { throw Self.lost }
        let answer = try effect()
        if happens(faults.crash) { try crash() }
        if happens(faults.lostReply) { throw Self.lost }
        return answer
    }

    func stage(_ fresh: String, by caller: Int) throws(SiteFailure) -> Staging {
        try command(caller) { () throws(SiteFailure) in
            epoch = fresh
            let found = folders.sorted { $0.key < $1.key }.map { pilot, folder in
                FoundPilot(
                    pilot: pilot, pilotSet: folder.set, intendedAt: folder.intendedAt, walltime: folder.walltime)
            }
            return Staging(isLacking: lacksBundle, pilots: found)
        }
    }

    /// What pilots share is missing, and so many attempts to bring it fail.
    func loseBundle(failures: Int = 0) {
        lacksBundle = true
        deliveryFailures = failures
    }

    func holdDelivery(_ isHeld: Bool) { deliveryIsHeld = isHeld }

    func deliver(by caller: Int) async throws(SiteFailure) {
        try contact(caller)
        deliveries += 1
        while deliveryIsHeld { await Task.yield() }
        if deliveryFailures > 0 {
            deliveryFailures -= 1
            throw SiteFailure(reason: "DiskFull", message: "no space", mender: .user, wasAnswered: true)
        }
        lacksBundle = false
    }

    func submit(
        _ orders: [PilotOrder], epoch: String, by caller: Int
    ) throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        try contact(caller)
        if happens(faults.lateScript) {
            later.append((now + seconds(0.1...20), .script(orders, epoch: epoch)))
            throw Self.lost
        }
        return try command(caller) { () throws(SiteFailure) in
            let isKilled = happens(faults.killedScript)
            let answers = run(orders, epoch: epoch, until: isKilled ? draw(0...orders.count) : nil)
            if isKilled { throw Self.lost }
            return answers
        }
    }

    /// What the submission script does; it is killed at the order number `until`.
    private func run(_ orders: [PilotOrder], epoch: String, until: Int?) -> [PilotID: SubmissionAnswer] {
        var answers: [PilotID: SubmissionAnswer] = [:]
        var isHalted = false
        for (number, order) in orders.enumerated() {
            let pilot = order.pilot
            if isHalted {
                answers[pilot] = .skipped
                continue
            }
            guard self.epoch == epoch else {
                answers[pilot] = .stale
                continue
            }
            if folders[pilot] == nil || folders[pilot]?.set == nil {
                folders[pilot, default: Folder()].set = order.pilotSet
                folders[pilot]?.intendedAt = order.intendedAt
                folders[pilot]?.walltime = order.spec.walltime
            }
            guard folders[pilot, default: Folder()].fence == nil else {
                answers[pilot] = .unclear("fenced")
                continue
            }
            folders[pilot, default: Folder()].fence = .submitter(livesUntil: now)
            attempts += 1
            if number == until {
                // Killed between the fence and the record of the job: the batch system may or may not have it.
                if happens(0.5) { _ = createJob(pilot) }
                return answers
            }
            if happens(faults.refusal) {
                let refusal = SubmissionRefusal(.limitReached, mender: .nobody, message: "full")
                folders[pilot]?.refusal = refusal
                answers[pilot] = .refused(refusal)
                isHalted = true
                continue
            }
            if happens(faults.slowSubmission) {
                // The reply is lost first; the batch system answers the script only later, in a few cases far too late.
                let delay = seconds(happens(0.1) ? 100...200 : 0.5...30)
                folders[pilot]?.fence = .submitter(livesUntil: now + delay)
                later.append((now + delay, .job(pilot, writesFile: happens(0.8))))
                answers[pilot] = .unclear("slow")
                continue
            }
            let job = createJob(pilot)
            folders[pilot]?.job = job
            answers[pilot] = .submitted(job)
        }
        return answers
    }

    private func createJob(_ pilot: PilotID) -> JobID {
        let id = JobID(rawValue: String(nextJob))
        nextJob += 1
        let start = now + seconds(waits)
        let fails = happens(faults.pilotFailure)
        let walltime = folders[pilot]?.walltime ?? 86_400
        let natural = start + seconds(lives)
        let last = start + .seconds(walltime)
        let job = Job(
            pilot: pilot, state: .pending, startsAt: start, endsAt: min(natural, last),
            end: fails ? .failed : .done,
            leavesReport: happens(0.8), isHarmless: folders[pilot].map(\.isBuried) ?? true,
            drainsAt: last - .seconds(min(walltime / 4, 600)))
        if jobs.values.contains(where: { $0.pilot == pilot && $0.isAlive }) { violations.append("\(pilot) doubled") }
        jobs[id] = job
        note("job \(id) of \(pilot)")
        check(pilot)
        return id
    }

    /// No job may come into being that makes more of them exist, beside those that drain, than were wanted when it or a
    /// later one was intended.
    private func check(_ pilot: PilotID) {
        guard let index = intents.firstIndex(where: { $0.pilot == pilot }) else {
            violations.append("\(pilot) was submitted before the ledger had it")
            return
        }
        let set = intents[index].set
        let most = intents[index...].filter { $0.set == set }.map(\.wanted).max() ?? 0
        let alive = working(set)
        if alive > most { violations.append("\(now): \(alive) of \(set) exist, at most \(most) were wanted") }
    }

    /// A second job for a pilot that has one.
    func addDouble() -> (first: JobID, second: JobID)? {
        guard let (first, job) = jobs.first(where: { $0.value.isAlive }) else { return nil }
        let second = JobID(rawValue: "double")
        jobs[second] = job
        return (first, second)
    }

    func recover(_ pilots: [PilotID], by caller: Int) throws(SiteFailure) -> [PilotID: RecoveryAnswer] {
        try command(caller) { () throws(SiteFailure) in
            var answers: [PilotID: RecoveryAnswer] = [:]
            for pilot in pilots {
                let folder = folders[pilot] ?? Folder()
                switch folder.fence {
                case nil:
                    folders[pilot, default: Folder()].fence = .recovery
                    answers[pilot] = .never
                case .recovery: answers[pilot] = .never
                case .submitter(let end):
                    answers[pilot] =
                        if let job = folder.job { .submitted(job) } else if let refusal = folder.refusal {
                            .refused(refusal)
                        } else {
                            .begun(isSubmitting: happens(0.2) ? nil : now < end)
                        }
                }
            }
            return answers
        }
    }

    func look(by caller: Int) throws(SiteFailure) -> SiteView {
        try command(caller) { () throws(SiteFailure) in
            let reports = folders.compactMapValues(\.report)
            note("look")
            if happens(faults.emptyLook) { note("empty"); return SiteView(jobs: [], reports: reports) }
            let isLossy = happens(faults.lossyLook)
            let listed = jobs.sorted { $0.key.rawValue < $1.key.rawValue }.filter { job in
                // Some batch systems forget finished jobs at once.
                (job.value.isAlive || happens(0.3)) && !(isLossy && happens(0.3))
            }
            return SiteView(
                jobs: listed.map {
                    JobReport(tag: $0.value.pilot.tag, job: $0.key, state: $0.value.state, nativeState: "")
                }, reports: reports)
        }
    }

    func cancel(_ ids: [JobID], by caller: Int) throws(SiteFailure) {
        try command(caller) { () throws(SiteFailure) in
            for id in ids {
                guard var job = jobs[id], job.isAlive else { continue }
                if job.state == .pending {
                    job.state = .cancelled
                } else {
                    job.endsAt = min(job.endsAt, now + seconds(0...1.5))
                    job.end = .cancelled
                }
                note("cancel \(id) of \(job.pilot)")
                jobs[id] = job
            }
        }
    }

    func drain(_ pilots: [PilotID: Int], by caller: Int) throws(SiteFailure) {
        try command(caller) { () throws(SiteFailure) in
            for (pilot, limit) in pilots.sorted(by: { $0.key < $1.key }) {
                note("drain \(pilot)")
                guard folders[pilot] != nil, !ignoresOrders else { continue }
                for (id, job) in jobs where job.pilot == pilot && job.state == .running && !job.isToldToFinish {
                    let isIdle = busy[pilot] == false
                    jobs[id]?.isToldToFinish = true
                    jobs[id]?.endsAt = min(job.endsAt, now + (isIdle ? .zero : .seconds(limit)))
                }
            }
        }
    }

    /// Pilots do not do as they are told.
    func ignoreOrders() { ignoresOrders = true }

    /// All labels name another set.
    func relabel(_ set: String) { for pilot in folders.keys { folders[pilot]?.set = set } }

    /// What a pilot says about its jobs. Who says nothing works until its time is over.
    func setBusy(_ pilot: PilotID, _ isBusy: Bool) {
        busy[pilot] = isBusy
        folders[pilot]?.report?.busy = isBusy ? 1 : 0
    }

    func bury(_ pilots: [PilotID], by caller: Int) throws(SiteFailure) {
        try command(caller) { () throws(SiteFailure) in
            note("bury \(pilots)")
            for pilot in pilots { folders[pilot, default: Folder()].isBuried = true }
            for (id, job) in jobs where pilots.contains(job.pilot) && job.state == .pending {
                jobs[id]?.isHarmless = true
            }
        }
    }

    func inquire(_ pilots: [PilotID], books asked: [JobID], by caller: Int) throws(SiteFailure) -> SiteRemains {
        try command(caller) { () throws(SiteFailure) in
            var remains = SiteRemains()
            for pilot in pilots {
                guard let folder = folders[pilot] else { continue }
                remains.reports[pilot] = folder.report
                remains.lines[pilot] = ["the last line of \(pilot)"]
            }
            for id in asked {
                guard let job = jobs[id], !job.isAlive, happens(0.5) else { continue }
                remains.jobs[id] = JobReport(tag: job.pilot.tag, job: id, state: job.state, nativeState: "")
            }
            return remains
        }
    }

    func remove(_ pilots: [PilotID], by caller: Int) throws(SiteFailure) {
        try command(caller) { () throws(SiteFailure) in
            for pilot in pilots { folders[pilot] = nil }
        }
    }

    func wipe(by caller: Int) throws(SiteFailure) {
        try command(caller) { () throws(SiteFailure) in
            folders = [:]
            epoch = nil
        }
    }

    func renew(_ tokens: [PilotID: String], by caller: Int) throws(SiteFailure) {
        try command(caller) { () throws(SiteFailure) in
            for pilot in tokens.keys { renewals[pilot, default: []].append(now) }
        }
    }

    func newPilot() -> PilotID {
        nextPilot += 1
        return PilotID(rawValue: "p\(nextPilot)")
    }
}

/// A process's way to the fake site.
struct FakeAccess: SiteAccess {
    let world: FakeWorld
    let incarnation: Int

    func open() async throws(SiteFailure) { try await world.contact(incarnation) }
    func stage(epoch: String) async throws(SiteFailure) -> Staging {
        try await world.stage(epoch, by: incarnation)
    }
    func deliver() async throws(SiteFailure) { try await world.deliver(by: incarnation) }
    func submit(_ orders: [PilotOrder], epoch: String) async throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        try await world.submit(orders, epoch: epoch, by: incarnation)
    }
    func recover(_ pilots: [PilotID]) async throws(SiteFailure) -> [PilotID: RecoveryAnswer] {
        try await world.recover(pilots, by: incarnation)
    }
    func renew(_ tokens: [PilotID: String]) async throws(SiteFailure) {
        try await world.renew(tokens, by: incarnation)
    }
    func drain(_ pilots: [PilotID: Int]) async throws(SiteFailure) { try await world.drain(pilots, by: incarnation) }
    func look() async throws(SiteFailure) -> SiteView { try await world.look(by: incarnation) }
    func cancel(_ jobs: [JobID]) async throws(SiteFailure) { try await world.cancel(jobs, by: incarnation) }
    func bury(_ pilots: [PilotID]) async throws(SiteFailure) { try await world.bury(pilots, by: incarnation) }
    func inquire(_ pilots: [PilotID], books jobs: [JobID]) async throws(SiteFailure) -> SiteRemains {
        try await world.inquire(pilots, books: jobs, by: incarnation)
    }
    func output(of pilot: PilotID, lines: Int) async throws(SiteFailure) -> String? {
        try await world.contact(incarnation)
        return await world.folders[pilot] == nil ? nil : "output of \(pilot)"
    }
    func remove(_ pilots: [PilotID]) async throws(SiteFailure) { try await world.remove(pilots, by: incarnation) }
    func wipe() async throws(SiteFailure) { try await world.wipe(by: incarnation) }
    func close() async {}
}

struct FakeLedger: PilotLedger {
    let world: FakeWorld
    let incarnation: Int
    func append(_ entries: [LedgerEntry]) async throws { try await world.append(entries, by: incarnation) }
    func contents() async -> LedgerContents { await world.ledgerContents }
    func record(_ pilot: PilotID) async -> PilotRecord? { await world.ledgerContents.pilots[pilot] }
}

struct FakeTokens: PilotTokenSource {
    func tokens(for pilots: [PilotID], of spec: PilotSet.Spec) async throws -> [(PilotID, String)] {
        pilots.map { ($0, "token") }
    }
}
