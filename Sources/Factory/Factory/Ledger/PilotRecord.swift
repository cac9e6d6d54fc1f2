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

/// What the ledger keeps about one pilot.
struct PilotRecord: Codable, Sendable, Equatable {
    let id: PilotID
    let pilotSet: String
    let site: SiteID
    var stage = PilotStage.intended
    var job: JobID?
    var retiring: RetirementCause?
    var end: PilotEnd?
    let intendedAt: Timestamp
    var submittedAt: Timestamp?
    var runningAt: Timestamp?
    var retiringAt: Timestamp?
    var endedAt: Timestamp?

    init(id: PilotID, pilotSet: String, site: SiteID, intendedAt: Timestamp) {
        self.id = id
        self.pilotSet = pilotSet
        self.site = site
        self.intendedAt = intendedAt
    }

    var hasEnded: Bool { stage == .ended }
}
