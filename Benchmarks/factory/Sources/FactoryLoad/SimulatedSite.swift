import BatchSystems
import VC3Model

@testable import Factory

/// A batch system in memory that does what it is told at once: what is measured beside it is the Factory.
actor SimulatedSite: SiteAccess {
    private struct Job {
        let pilot: PilotID
        var state = JobState.running
    }

    private var jobs: [JobID: Job] = [:]
    private var number = 0
    private(set) var commands = 0

    func open() async throws(SiteFailure) {}
    func stage(epoch: String) async throws(SiteFailure) -> Staging { Staging(isLacking: false) }
    func deliver() async throws(SiteFailure) {}

    func submit(_ orders: [PilotOrder], epoch: String) async throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        commands += 1
        var answers: [PilotID: SubmissionAnswer] = [:]
        for order in orders {
            number += 1
            let job = JobID(rawValue: String(number))
            jobs[job] = Job(pilot: order.pilot)
            answers[order.pilot] = .submitted(job)
        }
        return answers
    }

    func look() async throws(SiteFailure) -> SiteView {
        commands += 1
        return SiteView(
            jobs: jobs.map {
                JobReport(tag: $1.pilot.tag, job: $0, state: $1.state, nativeState: "", node: "node-1")
            }, reports: [:])
    }

    func cancel(_ ids: [JobID]) async throws(SiteFailure) {
        commands += 1
        for id in ids { jobs[id]?.state = .cancelled }
    }

    func remove(_ pilots: [PilotID]) async throws(SiteFailure) {
        commands += 1
        let gone = Set(pilots)
        jobs = jobs.filter { !gone.contains($0.value.pilot) }
    }

    func wipe() async throws(SiteFailure) { jobs = [:] }
    func recover(_ pilots: [PilotID]) async throws(SiteFailure) -> [PilotID: RecoveryAnswer] { [:] }
    func renew(_ tokens: [PilotID: String]) async throws(SiteFailure) {}
    func drain(_ pilots: [PilotID: Int]) async throws(SiteFailure) {}
    func bury(_ pilots: [PilotID]) async throws(SiteFailure) {}
    func inquire(_ pilots: [PilotID], books jobs: [JobID]) async throws(SiteFailure) -> SiteRemains { SiteRemains() }
    func output(of pilot: PilotID, lines: Int) async throws(SiteFailure) -> String? { nil }
    func close() async {}

    /// Ends so many running jobs well.
    func end(_ count: Int) {
        for id in jobs.lazy.filter({ $0.value.state == .running }).prefix(count).map(\.key) { jobs[id]?.state = .done }
    }
}
