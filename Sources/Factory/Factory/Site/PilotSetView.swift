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

/// What a site was told about a pilot set, and what it remembers of carrying that out.
struct WantedSet: Sendable {
    /// `nil` when the set's entity is gone: all that is left of it has to go.
    var spec: PilotSet.Spec?
    var isDeleting: Bool
    var breaker = Breaker()
    /// When the breaker last tripped; pilots intended later are its canaries.
    var trippedAt: Timestamp?
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

    var wanted: Int { isDeleting ? 0 : spec?.wanted ?? 0 }

    mutating func noteError(_ text: String) {
        errors.removeAll { $0 == text }
        errors.insert(text, at: 0)
        errors = Array(errors.prefix(5))
    }
}
