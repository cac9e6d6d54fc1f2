import BatchSystems
import VC3Model

/// The content of a ``PilotRecord``.
///
/// What older releases did not write is optional.
struct PilotFacts: Codable, Sendable, Equatable {
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
    /// When the last token ends that it was given.
    var tokenEnds: Timestamp?
    /// It should have had a fresh token long since.
    var isTokenLate: Bool?
    var host: String?
    var exit: PilotExit?
    /// It was found at the site when the ledger did not know it: what happened before is known from there only.
    var wasAdopted: Bool?
    /// The end of its output; `nil` until somebody has looked.
    var lastLines: [String]?

    var hasEnded: Bool { stage == .ended }
    /// Nothing of it is left at the site.
    var isCleared: Bool { clearedAt != nil }

    /// When it takes no new work any more because its walltime is nearly over: as long before the end as `vc3-glidein`
    /// stops. The start is when it was seen to run, which is never before it did: it drains by then.
    var expiry: Timestamp? {
        guard stage == .running, let start = runningAt, let walltime else { return nil }
        return start + .seconds(walltime - min(walltime / 4, 600))
    }

    /// The same, unless it is being ended anyhow.
    var pendingExpiry: Timestamp? { retiring == nil ? expiry : nil }

    /// When its token ends, for as long as it is to have others.
    var pendingTokenEnd: Timestamp? {
        guard stage == .pending || stage == .running, retiring == nil || retiring == .surplus else { return nil }
        return QueueKey.isQueue(pilotSet) ? nil : tokenEnds ?? intendedAt
    }
}
