import BatchSystems
import VC3Model

@testable import Factory

/// The queue of one fake site: jobs that wait, run and end as time goes by.
final class FakeBatchSystem {
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
        /// It is over, and listed as if it were not.
        var listedUntil = Duration.zero
        var isAlive: Bool { !state.isFinal }
        func isDraining(at now: Duration) -> Bool { state == .running && (isToldToFinish || now >= drainsAt) }
    }

    private let fate: FakeFate
    private let prefix: String
    private(set) var jobs: [JobID: Job] = [:]
    /// In the order of their making: those that live, and those that ended lately.
    private(set) var alive: [JobID] = []
    private var ended: [(job: JobID, at: Duration)] = []
    private var nextJob = 1
    private var latest: [JobReport] = []
    /// How long pilots run, and wait in the queue, in seconds.
    var lives: ClosedRange<Double> = 20...600
    var waits: ClosedRange<Double> = 0...20
    /// How many pilots tell of their end, from 0 to 1.
    var reports = 0.8
    /// How often it was asked for something.
    var commands = 0
    /// Jobs that somebody wanted to be ended.
    private(set) var cancelled: [JobID] = []

    init(fate: FakeFate, prefix: String) {
        self.fate = fate
        self.prefix = prefix
    }

    subscript(id: JobID) -> Job? {
        get { jobs[id] }
        set { jobs[id] = newValue }
    }

    /// Jobs of these pilots that have not ended, in the order of their making.
    func living(of pilots: Set<PilotID>) -> [JobID] {
        alive.filter { jobs[$0].map { $0.isAlive && pilots.contains($0.pilot) } ?? false }
    }

    func create(_ pilot: PilotID, walltime: Int, isBuried: Bool) -> JobID {
        let id = freshID()
        let start = fate.now + fate.seconds(waits)
        let fails = fate.happens(.pilotFailure, fate.faults.pilotFailure)
        let natural = start + fate.seconds(lives)
        let last = start + .seconds(walltime)
        jobs[id] = Job(
            pilot: pilot, state: .pending, startsAt: start, endsAt: min(natural, last), end: fails ? .failed : .done,
            leavesReport: fate.happens(reports), isHarmless: isBuried, drainsAt: last - .seconds(min(walltime / 4, 600))
        )
        alive.append(id)
        fate.note("job \(id) of \(pilot)")
        return id
    }

    /// Adds a job as somebody else's doing.
    func add(_ job: Job, as id: JobID) {
        jobs[id] = job
        alive.append(id)
    }

    private func freshID() -> JobID {
        if let old = ended.first, fate.happens(.reusedJobID, fate.faults.reusedJobID) {
            ended.removeFirst()
            return old.job
        }
        defer { nextJob += 1 }
        return JobID(rawValue: "\(prefix)\(nextJob)")
    }

    /// Starts and ends jobs whose time has come.
    ///
    /// - Parameter onStart: Returns whether the job may go on.
    func run(onStart: (Job) -> Bool, onEnd: (Job) -> Void) {
        let now = fate.now
        var hasEnded = false
        for id in alive {
            guard var job = jobs[id] else { continue }
            let isStarting = job.state == .pending && job.startsAt <= now
            guard isStarting || !job.isAlive || (job.state == .running && job.endsAt <= now) else { continue }
            if isStarting {
                job.state = .running
                if !onStart(job) {
                    job.endsAt = job.startsAt
                    job.end = .done
                    job.leavesReport = false
                }
            }
            if job.state == .running, job.endsAt <= now {
                job.state = job.end
                fate.note("end of \(id) of \(job.pilot)")
                onEnd(job)
                if fate.happens(.lateEnd, fate.faults.lateEnd) { job.listedUntil = now + fate.seconds(0...5) }
            }
            jobs[id] = job
            if !job.isAlive {
                ended.append((id, now))
                hasEnded = true
            }
        }
        if hasEnded { alive.removeAll { jobs[$0]?.isAlive != true } }
        // What ended long ago is not listed any more.
        while let oldest = ended.first, now - oldest.at > .seconds(120) { ended.removeFirst() }
    }

    /// What it answers to a query for all jobs. Finished ones it mostly forgets at once.
    func list() -> [JobReport] {
        commands += 1
        let faults = fate.faults
        if fate.happens(.emptyLook, faults.emptyLook) { return [] }
        if fate.happens(.staleLook, faults.staleLook) { return latest }
        let isLossy = fate.happens(.lossyLook, faults.lossyLook)
        let listed = (ended.map(\.job).filter { isListed($0) || fate.happens(0.3) } + alive).filter { _ in
            !(isLossy && fate.happens(0.3))
        }
        var reports = listed.compactMap { id in
            jobs[id].map {
                JobReport(tag: $0.pilot.tag, job: id, state: isListed(id) ? .running : $0.state, nativeState: "")
            }
        }
        latest = reports
        if fate.happens(.repeatedLook, faults.repeatedLook) { reports += reports.filter { _ in fate.happens(0.5) } }
        if fate.happens(.reorderedLook, faults.reorderedLook) { reports = fate.shuffled(reports) }
        return reports
    }

    func isListed(_ id: JobID) -> Bool { jobs[id].map { $0.listedUntil > fate.now } ?? false }

    func cancel(_ ids: [JobID]) {
        commands += 1
        cancelled += ids
        for id in ids {
            guard var job = jobs[id], job.isAlive else { continue }
            if job.state == .pending {
                job.state = .cancelled
            } else {
                job.endsAt = min(job.endsAt, fate.now + fate.seconds(0...1.5))
                job.end = .cancelled
            }
            fate.note("cancel \(id) of \(job.pilot)")
            jobs[id] = job
        }
    }
}
