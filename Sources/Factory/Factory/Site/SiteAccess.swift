import BatchSystems
import VC3Model

/// What the Factory does at a site, as operations that either have an answer or failed.
///
/// After a throw with ``SiteFailure/outcomeUnknown`` the operation may have been carried out, wholly or partly, or may
/// still be. All but ``submit(_:epoch:)`` can be repeated at will.
protocol SiteAccess: Sendable {
    /// Makes contact. Changes nothing at the site.
    func open() async throws(SiteFailure)

    /// Makes the site ready.
    ///
    /// `epoch` replaces the one before, after which a submission made under another epoch has no effect any more,
    /// except for pilots whose fence it has already taken.
    ///
    func stage(epoch: String) async throws(SiteFailure) -> Staging

    /// Brings what pilots share to a staged site, whole or not at all. Pilots may be submitted meanwhile: they wait
    /// for it.
    func deliver() async throws(SiteFailure)

    /// Submits each pilot, if its fence is free and the epoch is still the same.
    func submit(_ orders: [PilotOrder], epoch: String) async throws(SiteFailure) -> [PilotID: SubmissionAnswer]

    /// Finds out what became of submissions whose answer was lost. Takes the fence of those that never came to it.
    func recover(_ pilots: [PilotID]) async throws(SiteFailure) -> [PilotID: RecoveryAnswer]

    /// Replaces the tokens of pilots, whether they wait or run. Pilots without files at the site are left out.
    func renew(_ tokens: [PilotID: String]) async throws(SiteFailure)

    /// Tells running pilots to take no new work and to end when they have none, at the latest after so many seconds.
    /// Pilots without files at the site are left out.
    func drain(_ pilots: [PilotID: Int]) async throws(SiteFailure)

    /// All of our account's pilots, as the batch system and their own reports tell.
    func look() async throws(SiteFailure) -> SiteView

    /// Ends jobs. A job that is already gone is a success.
    func cancel(_ jobs: [JobID]) async throws(SiteFailure)

    /// Makes sure that these pilots end at once should they ever start.
    func bury(_ pilots: [PilotID]) async throws(SiteFailure)

    /// What is left of ended pilots.
    ///
    /// - Parameter jobs: Jobs that the batch system's books are asked about, if it keeps any.
    func inquire(_ pilots: [PilotID], books jobs: [JobID]) async throws(SiteFailure) -> SiteRemains

    /// The end of a pilot's output; `nil` when there is none.
    func output(of pilot: PilotID, lines: Int) async throws(SiteFailure) -> String?

    /// Removes the pilots' files, tokens included.
    func remove(_ pilots: [PilotID]) async throws(SiteFailure)

    /// Removes everything that this Factory put at the site for this account.
    func wipe() async throws(SiteFailure)

    /// Tells what pilots leave in the spool folder of a staged site, within about a second, until that cannot go on or
    /// the task is cancelled. Each event comes at least once, if the folder stays.
    ///
    /// - Parameter heard: Whether somebody is at the far end; called every ten seconds at least while there is.
    func follow(
        heard: @escaping @Sendable (Bool) -> Void, receive: @escaping @Sendable (PilotEvent) async -> Void
    ) async throws(SiteFailure)

    /// What commands go through, as ``SiteTraffic/way`` says it.
    func way() async -> String

    /// Does what makes the other operations cheap, beside them, until ``close()`` or until the task is cancelled.
    func serve() async

    /// Ends contact. Nothing at the site changes.
    func close() async
}

extension SiteAccess {
    func serve() async {}

    func follow(
        heard: @escaping @Sendable (Bool) -> Void, receive: @escaping @Sendable (PilotEvent) async -> Void
    ) async throws(SiteFailure) {
        throw SiteFailure(reason: "NoSpool", message: "there is no spool folder to follow", mender: .nobody)
    }

    func way() async -> String { "none" }
}

/// What a site that was made ready has.
struct Staging: Sendable, Equatable {
    /// Whether what pilots share has still to be brought, by ``SiteAccess/deliver()``.
    var isLacking: Bool
    /// Pilots of this Factory that have files there.
    var pilots: [FoundPilot] = []
}

/// A pilot as its files at the site tell of it.
struct FoundPilot: Sendable, Equatable {
    var pilot: PilotID
    /// The set, the moment of the intent and the walltime, if they are written there.
    var pilotSet: String?
    var intendedAt: Timestamp?
    var walltime: Int?
}

/// A pilot to be submitted.
struct PilotOrder: Sendable {
    var pilot: PilotID
    var pilotSet: String
    var spec: PilotSet.Spec
    var intendedAt = Timestamp(milliseconds: 0)
    /// Content of the pilot's token file.
    var token: String
    /// What it runs instead of a worker, for queues of files.
    var job: FileQueue.Job?
    /// Nodes on which it is not to run.
    var avoiding: [String] = []
}

/// What the site said to a submission.
enum SubmissionAnswer: Sendable, Equatable {
    case submitted(JobID)
    /// The site did not take it; it does not exist.
    case refused(SubmissionRefusal)
    /// It was not attempted, because the site refused one before.
    case skipped
    /// It was not attempted, because the site is staged under another epoch or not at all.
    case stale
    /// The site said nothing that can be understood: the pilot may exist.
    case unclear(String)
}

/// What is known about a submission whose answer was lost.
enum RecoveryAnswer: Sendable, Equatable {
    /// It never happened and never can.
    case never
    case submitted(JobID)
    case refused(SubmissionRefusal)
    /// It began and has no outcome yet. `isSubmitting`: whether the submitting process lives; `nil` if that cannot
    /// be told, because it ran on another login node.
    case begun(isSubmitting: Bool?)
}

/// What one look at a site showed.
struct SiteView: Sendable, Equatable {
    var jobs: [JobReport]
    var reports: [PilotID: PilotReport]
}

/// What ended pilots left behind.
struct SiteRemains: Sendable, Equatable {
    var reports: [PilotID: PilotReport] = [:]
    /// The last lines of each pilot's output.
    var lines: [PilotID: [String]] = [:]
    /// What the batch system's books say.
    var jobs: [JobID: JobReport] = [:]
}

/// What a pilot said about itself, in its own file.
struct PilotReport: Sendable, Equatable, Codable {
    /// Where it is in its life, in its own words; `ended` is the last.
    var phase: String
    var reason: String?
    var exitCode: Int32?
    var message: String?
    var node: String?
    /// When it entered each phase, in seconds since 1970 by its node's clock.
    var phases: [String: Int]?
    /// What keeps it from going on, in its own words, while it tries; ``message`` says more.
    var obstacle: String?
    /// How many of its slots have jobs.
    var busy: Int?
    /// The last lines that it had to say, when it ended badly.
    var log: [String]?

    /// Both of them, told by the same pilot in any order.
    func merged(with other: PilotReport) -> PilotReport {
        let isLater = Self.order(other.phase) >= Self.order(phase)
        var later = isLater ? other : self
        later.phases = (phases ?? [:]).merging(other.phases ?? [:]) { min($0, $1) }
        return later
    }

    private static func order(_ phase: String) -> Int {
        PilotPhase.allCases.firstIndex { $0.rawValue == phase } ?? -1
    }

    var hasEnded: Bool { phase == "ended" }
    var endedWell: Bool { hasEnded && exitCode == 0 }
}

/// Why something could not be done at a site, and who can mend it.
struct SiteFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// One CamelCase word, the reason of a condition.
    var reason: String
    var message: String
    var mender: Condition.Mender
    /// Whether the site itself answered, so that it is reachable.
    var wasAnswered = false
    /// Whether the site was not even asked, because something on this side is missing or broken.
    var isOurs = false
    var outcomeUnknown = false
    /// The shortest wait that makes sense before the next attempt.
    var retryAfter: Duration?

    var description: String { message }
}
