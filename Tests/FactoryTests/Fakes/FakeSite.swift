import BatchSystems
import VC3Model

@testable import Factory

/// One account at one site: pilots' folders, and the batch system. Scripts run in it as the real ones do.
final class FakeSite {
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

    private enum Action {
        case script([PilotOrder], epoch: String)
        case jobs([PilotID], writesFiles: Bool)
    }

    let fate: FakeFate
    let batch: FakeBatchSystem
    /// Pilots of which a job came into being, until somebody has judged that.
    private var fresh: [PilotID] = []
    /// Pilots that are submitted together become one array: all of them, or none.
    var takesArrays = false
    private(set) var epoch: String?
    /// The term under which ``epoch`` was made.
    private var term: Int64 = 0
    private(set) var folders: [PilotID: Folder] = [:]
    /// How many pilots the batch system was asked to take.
    private(set) var attempts = 0
    private var later: [(at: Duration, action: Action)] = []
    private var deadUntil = Duration.zero
    private var fullUntil = Duration.zero
    private(set) var lacksBundle = false
    private(set) var deliveries = 0
    private var deliveryFailures = 0
    private var busy: [PilotID: Bool] = [:]
    private var ignoresOrders = false
    private var events: [(at: Duration, event: PilotEvent)] = []
    /// Pilots whose files were removed while the batch system still had their jobs.
    private(set) var removedTooEarly: [PilotID] = []
    /// When each pilot's token was replaced.
    private(set) var renewals: [PilotID: [Duration]] = [:]

    init(fate: FakeFate, prefix: String) {
        self.fate = fate
        batch = FakeBatchSystem(fate: fate, prefix: prefix)
    }

    // MARK: - Time

    /// When something happens next that was begun earlier.
    var nextAction: Duration? { later.map(\.at).min() }

    func advance() {
        while let next = later.enumerated().min(by: { $0.element.at < $1.element.at }), next.element.at <= fate.now {
            later.remove(at: next.offset)
            runJobs()
            switch next.element.action {
            case .script(let orders, let epoch): _ = run(orders, epoch: epoch, until: nil)
            case .jobs(let pilots, let writesFiles): create(pilots, writesFiles: writesFiles)
            }
        }
        runJobs()
    }

    private func runJobs() {
        batch.run { job in
            let second = Int(job.startsAt / .seconds(1))
            folders[job.pilot]?.report = PilotReport(
                phase: "joined", node: "n1", phases: ["started": second, "validated": second, "joined": second + 1])
            if folders[job.pilot]?.isBuried == false { tell(job.pilot) }
            return folders[job.pilot]?.isBuried == false
        } onEnd: { job in
            guard job.leavesReport else { return }
            let isWell = job.end == .done
            let isOver = job.drainsAt <= fate.now && !job.isToldToFinish
            folders[job.pilot]?.report = PilotReport(
                phase: "ended", reason: isWell && isOver ? "walltime" : nil, exitCode: isWell ? 0 : 1, node: "n1")
            tell(job.pilot)
        }
    }

    private func tell(_ pilot: PilotID) {
        guard let report = folders[pilot]?.report else { return }
        let faults = fate.faults
        if fate.happens(.strangeEvent, faults.strangeEvent) {
            events.append((fate.now, PilotEvent(pilot: PilotID(rawValue: "stranger"), report: report)))
        }
        if fate.happens(.lostEvent, faults.lostEvent) { return }
        let delay = fate.seconds(fate.happens(.lateEvent, faults.lateEvent) ? 0...60 : 0...1)
        let event = PilotEvent(pilot: pilot, report: report)
        events.append((fate.now + delay, event))
        if fate.happens(.repeatedEvent, faults.repeatedEvent) {
            events.append((fate.now + fate.seconds(0...60), event))
        }
    }

    /// What a follower is told by now, in any order.
    func takeEvents() -> [PilotEvent] {
        let due = events.filter { $0.at <= fate.now }.map(\.event)
        events.removeAll { $0.at <= fate.now }
        return fate.shuffled(due)
    }

    /// A running pilot comes to its end now, and says so.
    func end(_ pilot: PilotID) {
        for id in batch.living(of: [pilot]) where batch[id]?.state == .running {
            batch[id]?.endsAt = fate.now
            batch[id]?.end = .done
            batch[id]?.leavesReport = true
        }
        runJobs()
    }

    // MARK: - The way to it

    func beReached() throws(SiteFailure) {
        if fate.happens(.deadSite, fate.faults.deadSite) { deadUntil = fate.now + fate.seconds(5...300) }
        if fate.now < deadUntil || fate.happens(.unreachable, fate.faults.unreachable) { throw Self.unreachable }
    }

    /// The faults of one seed end.
    func calmDown() {
        deadUntil = .zero
        fullUntil = .zero
    }

    private func write() throws(SiteFailure) {
        if fate.happens(.siteDiskFull, fate.faults.siteDiskFull) { fullUntil = fate.now + fate.seconds(5...120) }
        if fate.now < fullUntil { throw Self.full }
    }

    private static let unreachable = SiteFailure(reason: "Unreachable", message: "no answer", mender: .nobody)
    private static let full = SiteFailure(reason: "DiskFull", message: "no space", mender: .user, wasAnswered: true)
    private static let superseded = SiteFailure(
        reason: "Superseded", message: "a later lease", mender: .operator, wasAnswered: true)
    static let lost = SiteFailure(reason: "ConnectionLost", message: "lost", mender: .nobody, outcomeUnknown: true)

    // MARK: - Making ready

    /// Where a later holder of the site's lease has been, no command of a former one does anything.
    func refuse(_ term: Int64) throws(SiteFailure) {
        guard epoch != nil, self.term > term else { return }
        fate.note("superseded: \(term) by \(self.term)")
        throw Self.superseded
    }

    func stage(_ fresh: String, term: Int64) throws(SiteFailure) -> Staging {
        try write()
        epoch = fresh
        self.term = term
        let found = folders.sorted { $0.key < $1.key }.map { pilot, folder in
            FoundPilot(pilot: pilot, pilotSet: folder.set, intendedAt: folder.intendedAt, walltime: folder.walltime)
        }
        return Staging(isLacking: lacksBundle, pilots: found)
    }

    func loseBundle(failures: Int) {
        lacksBundle = true
        deliveryFailures = failures
    }

    func deliveryBegins() { deliveries += 1 }

    func takeBundle() throws(SiteFailure) {
        if deliveryFailures > 0 {
            deliveryFailures -= 1
            throw Self.full
        }
        lacksBundle = false
    }

    // MARK: - Submitting

    /// Which nodes each submission was to avoid.
    private(set) var avoided: [[String]] = []

    func submit(_ orders: [PilotOrder], epoch: String) throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        batch.commands += 1
        avoided.append(orders.first?.avoiding ?? [])
        let isKilled = fate.happens(.killedScript, fate.faults.killedScript)
        let answers = run(orders, epoch: epoch, until: isKilled ? fate.draw(0...orders.count) : nil)
        if isKilled { throw Self.lost }
        guard fate.happens(.partialAnswer, fate.faults.partialAnswer) else { return answers }
        let told = Set(orders.map(\.pilot).prefix(fate.draw(0...orders.count)))
        return answers.filter { told.contains($0.key) }
    }

    func submitLater(_ orders: [PilotOrder], epoch: String) {
        later.append((fate.now + fate.seconds(0.1...20), .script(orders, epoch: epoch)))
    }

    /// What the submission script does; it is killed at the order number `until`.
    private func run(_ orders: [PilotOrder], epoch: String, until: Int?) -> [PilotID: SubmissionAnswer] {
        var answers: [PilotID: SubmissionAnswer] = [:]
        var claimed: [PilotID] = []
        var isHalted = false
        let isArray = takesArrays && orders.count > 1
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
            if fate.now < fullUntil {
                answers[pilot] = .refused(SubmissionRefusal(.diskFull, mender: .user, message: "no space"))
                isHalted = true
                continue
            }
            label(order)
            guard folders[pilot, default: Folder()].fence == nil else {
                answers[pilot] = .unclear("fenced")
                continue
            }
            folders[pilot, default: Folder()].fence = .submitter(livesUntil: fate.now)
            attempts += 1
            if number == until {
                // Killed between the fence and the record of the job: the batch system may or may not have it.
                if !isArray, fate.happens(0.5) { create([pilot], writesFiles: false) }
                return answers
            }
            if isArray { claimed.append(pilot) } else { isHalted = !conclude([pilot], &answers) }
        }
        if isArray, !claimed.isEmpty {
            if until != nil {
                // Killed after the fences: the batch system may or may not have the array, and some have a record of it.
                if fate.happens(0.5) { create(claimed, writesFiles: false, recorded: fate.draw(0...claimed.count)) }
                return answers
            }
            _ = conclude(claimed, &answers)
        }
        return answers
    }

    private func label(_ order: PilotOrder) {
        guard folders[order.pilot]?.set == nil else { return }
        folders[order.pilot, default: Folder()].set = order.pilotSet
        folders[order.pilot]?.intendedAt = order.intendedAt
        folders[order.pilot]?.walltime = order.spec.walltime
    }

    /// One command of the batch system, for these pilots. Returns whether more may follow.
    private func conclude(_ pilots: [PilotID], _ answers: inout [PilotID: SubmissionAnswer]) -> Bool {
        if fate.happens(.refusal, fate.faults.refusal) {
            let refusal = SubmissionRefusal(.limitReached, mender: .nobody, message: "full")
            for pilot in pilots {
                folders[pilot]?.refusal = refusal
                answers[pilot] = .refused(refusal)
            }
            return false
        }
        if fate.happens(.slowSubmission, fate.faults.slowSubmission) {
            // The reply is lost first; the batch system answers the script only later, in a few cases far too late.
            let delay = fate.seconds(fate.happens(0.1) ? 100...200 : 0.5...30)
            for pilot in pilots {
                folders[pilot]?.fence = .submitter(livesUntil: fate.now + delay)
                answers[pilot] = .unclear("slow")
            }
            later.append((fate.now + delay, .jobs(pilots, writesFiles: fate.happens(0.8))))
            return true
        }
        create(pilots, writesFiles: true)
        for pilot in pilots { answers[pilot] = folders[pilot]?.job.map { .submitted($0) } }
        return true
    }

    /// - Parameter recorded: How many of them have their job written down all the same.
    private func create(_ pilots: [PilotID], writesFiles: Bool, recorded: Int = 0) {
        for (number, pilot) in pilots.enumerated() {
            let folder = folders[pilot]
            let job = batch.create(pilot, walltime: folder?.walltime ?? 86_400, isBuried: folder?.isBuried ?? true)
            fresh.append(pilot)
            if writesFiles || number < recorded { folders[pilot]?.job = job }
        }
    }

    func takeFresh() -> [PilotID] {
        defer { fresh = [] }
        return fresh
    }

    func recover(_ pilots: [PilotID]) throws(SiteFailure) -> [PilotID: RecoveryAnswer] {
        try write()
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
                        .begun(isSubmitting: fate.happens(0.2) ? nil : fate.now < end)
                    }
            }
        }
        return answers
    }

    // MARK: - Looking and ending

    func look() -> SiteView {
        fate.note("look")
        for id in batch.alive {
            guard let job = batch[id], job.isDraining(at: fate.now) else { continue }
            folders[job.pilot]?.report?.phases?["draining"] = Int(fate.now / .seconds(1))
        }
        return SiteView(jobs: batch.list(), reports: folders.compactMapValues(\.report))
    }

    func drain(_ pilots: [PilotID: Int]) throws(SiteFailure) {
        try write()
        for (pilot, limit) in pilots.sorted(by: { $0.key < $1.key }) {
            fate.note("drain \(pilot)")
            guard folders[pilot] != nil, !ignoresOrders else { continue }
            for id in batch.living(of: [pilot]) {
                guard let job = batch[id], job.state == .running, !job.isToldToFinish else { continue }
                let isIdle = busy[pilot] == false
                batch[id]?.isToldToFinish = true
                batch[id]?.endsAt = min(job.endsAt, fate.now + (isIdle ? .zero : .seconds(limit)))
            }
        }
    }

    func bury(_ pilots: [PilotID]) throws(SiteFailure) {
        try write()
        fate.note("bury \(pilots.sorted())")
        for pilot in pilots { folders[pilot, default: Folder()].isBuried = true }
        for id in batch.living(of: Set(pilots)) where batch[id]?.state == .pending { batch[id]?.isHarmless = true }
    }

    func inquire(_ pilots: [PilotID], books asked: [JobID]) -> SiteRemains {
        var remains = SiteRemains()
        for pilot in pilots {
            guard let folder = folders[pilot] else { continue }
            remains.reports[pilot] = folder.report
            remains.lines[pilot] = ["the last line of \(pilot)"]
        }
        for id in asked {
            guard let job = batch[id], !job.isAlive, fate.happens(0.5) else { continue }
            remains.jobs[id] = JobReport(tag: job.pilot.tag, job: id, state: job.state, nativeState: "")
        }
        return remains
    }

    func remove(_ pilots: [PilotID]) {
        batch.commands += 1
        for pilot in pilots {
            folders[pilot] = nil
            events.removeAll { $0.event.pilot == pilot }
            if batch.jobs.contains(where: { $0.value.pilot == pilot && batch.isListed($0.key) }) {
                removedTooEarly.append(pilot)
            }
        }
    }

    func wipe() {
        folders = [:]
        epoch = nil
    }

    func renew(_ tokens: [PilotID: String]) throws(SiteFailure) {
        try write()
        for pilot in tokens.keys { renewals[pilot, default: []].append(fate.now) }
    }

    // MARK: - What tests do to it

    /// Pilots do not do as they are told.
    func ignoreOrders() { ignoresOrders = true }

    /// All labels name another set.
    func relabel(_ set: String) { for pilot in folders.keys { folders[pilot]?.set = set } }

    /// What a pilot says about its jobs. Who says nothing works until its time is over.
    func setBusy(_ pilot: PilotID, _ isBusy: Bool) {
        busy[pilot] = isBusy
        folders[pilot]?.report?.busy = isBusy ? 1 : 0
    }
}
