import VC3Model

/// What a site knows about one of its pilot sets: what the set's status shows.
struct PilotSetView: Sendable, Equatable {
    var submitting = 0
    var pending = 0
    var running = 0
    var retiring = 0
    var done = 0
    var failed = 0
    var expired = 0
    var vanished = 0
    var firstSubmit: Timestamp?
    var explanation: [String] = []
    var lastErrors: [String] = []
    /// Fingerprint of the key that the site was last reached with; `nil` until this process has reached it.
    var keyInUse: String?
    var traffic: SiteTraffic?
    var contact: Finding?
    var submission: Finding?
    /// From the wish to workers.
    var chain = WorkerChain.Facts()
    var shunned: [ShunnedNode] = []
    /// Nothing of the set is left at the site, and nothing of the Factory if no other set needs it there.
    var isGone = false
}

/// What a condition says, without its history.
struct Finding: Sendable, Equatable {
    var status: Condition.State
    var reason: String
    var message: String
    var retryAt: Timestamp?
    var mender: Condition.Mender?
}

/// Pilots that wait because their account may use no more.
struct OverQuota: Sendable, Equatable {
    var count: Int
    /// The limit, in the batch system's words.
    var limit: String
}

/// What a site was told about a pilot set, and what it remembers of carrying that out.
struct WantedSet: Sendable {
    /// `nil` when the set's entity is gone: all that is left of it has to go.
    var spec: PilotSet.Spec?
    var isDeleting: Bool
    /// Its entity went without having been marked for deletion: nobody said that its pilots are to end.
    var isAbandoned = false
    var breaker = Breaker()
    /// When the breaker last tripped; pilots intended later are its canaries.
    var trippedAt: Timestamp?
    /// By what.
    var trip = Breaker.Trip.submission
    var explanation: [String] = []
    var errors: [String] = []
    var submission: Finding?
    /// Since when it has too few pilots; `nil` while it does not.
    var lackingSince: Timestamp?
    /// What it is, if it is a queue of a file.
    var queue: FileQueue?
    /// When the queue decides next.
    var nextCycle = Duration.zero
    /// How often it still does; `nil`: without end.
    var cyclesLeft: Int?

    /// When what its pilots are made of last changed while this process looked on.
    var changedAt: Timestamp?
    /// Whether a pilot like those that it asks for now was well; `nil` until somebody has looked.
    var isProven: Bool?
    /// Since when it waits for its first pilots to show that the site is well.
    var probingSince: Duration?
    /// Pilots that failed since one was well.
    var failuresInARow = 0
    /// What the last pilot said that was not well.
    var validation: Finding?
    /// Why the batch system does not start those that wait, in its own words, as of the last look.
    var waiting: String?
    /// How many of them wait for a quota of the account, and which; `nil`: none.
    var overQuota: OverQuota?
    /// How many more the limits let exist, and how many of those the breaker, as of the last plan.
    var permittedByLimits = 0
    var permittedByBreaker = 0

    var wanted: Int { isDeleting ? 0 : spec?.wanted ?? 0 }

    mutating func noteError(_ text: String) {
        errors.removeAll { $0 == text }
        errors.insert(text, at: 0)
        errors = Array(errors.prefix(5))
    }
}
