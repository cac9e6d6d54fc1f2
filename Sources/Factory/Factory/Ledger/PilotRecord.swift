import BatchSystems
import VC3Model

/// How far a pilot got, as far as it is proved.
enum PilotStage: String, Codable, Sendable {
    /// To be submitted, or submitted with an outcome that nobody knows yet.
    case intended
    /// In the site's queue.
    case pending
    case running
    /// Proved not to exist any more.
    case ended
}

/// How a pilot ended.
enum PilotEnd: String, Codable, Sendable {
    /// By itself, as it should.
    case done
    /// With its walltime, which is no failure.
    case expired
    /// Otherwise: an error, a limit, somebody else's cancellation.
    case failed
    /// Nobody saw how.
    case vanished
    /// Because the Factory ended it.
    case cancelled
    /// It was never submitted, and cannot be any more.
    case neverSubmitted
}

/// Why the Factory ends a pilot.
enum RetirementCause: String, Codable, Sendable {
    /// More than wanted.
    case surplus
    /// Its pilot set goes.
    case terminated
    /// The site does not list it any more; it is cancelled all the same, so that it certainly does not exist.
    case missing
    /// The site holds it and it would not run by itself.
    case held
}

/// What the ledger keeps about one pilot, over its whole life and after its end for as long as its set remembers it.
///
/// What older releases did not write is optional.
struct PilotRecord: Codable, Sendable, Equatable {
    let id: PilotID
    let pilotSet: String
    let site: SiteID
    var stage = PilotStage.intended
    var job: JobID?
    var retiring: RetirementCause?
    var end: PilotEnd?
    /// Since when its set had too few.
    var wantedAt: Timestamp?
    let intendedAt: Timestamp
    var submittedAt: Timestamp?
    /// When the site first listed it as waiting.
    var queuedAt: Timestamp?
    var runningAt: Timestamp?
    var validatedAt: Timestamp?
    var joinedAt: Timestamp?
    var drainingAt: Timestamp?
    var retiringAt: Timestamp?
    var endedAt: Timestamp?
    /// When the last of its files at the site was removed.
    var clearedAt: Timestamp?
    /// The seconds that it may run.
    var walltime: Int?
    var host: String?
    var exit: PilotExit?
    /// It was found at the site when the ledger did not know it: what happened before is known from there only.
    var wasAdopted: Bool?
    /// The end of its output; `nil` until somebody has looked.
    var lastLines: [String]?

    init(
        id: PilotID, pilotSet: String, site: SiteID, intendedAt: Timestamp, wantedAt: Timestamp? = nil,
        walltime: Int? = nil
    ) {
        self.id = id
        self.pilotSet = pilotSet
        self.site = site
        self.intendedAt = intendedAt
        self.wantedAt = wantedAt
        self.walltime = walltime
    }

    var hasEnded: Bool { stage == .ended }
    /// Nothing of it is left at the site.
    var isCleared: Bool { clearedAt != nil }
}
