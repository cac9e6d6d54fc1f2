import Logging
import VC3Model

/// One account at one site: carries out what its pilot sets ask for, one step after the other.
///
/// Its pilots' records change only within ``turn()``, and only after the ledger has them. Everything that is not in
/// the records can be lost: a site made anew from the ledger comes to the same end.
actor Site {
    nonisolated let id: SiteID
    let ledger: any PilotLedger
    let tokens: any PilotTokenSource
    let settings: SiteSettings
    let clock: SiteClock
    /// When this process took the site up.
    let began: Timestamp
    let logger: Logger
    let makeAccess: @Sendable (PilotSite) -> any SiteAccess
    let onChange: @Sendable (SiteChange) async -> Void
    let signal = WakeSignal()
    let deliverySignal = WakeSignal()
    let accessSignal = WakeSignal()
    nonisolated let followSignal = WakeSignal()
    nonisolated let unfollowSignal = WakeSignal()
    nonisolated let pulse = SpoolPulse()

    var place: PilotSite
    var access: any SiteAccess
    var sets: [String: WantedSet] = [:]
    /// Sets for which something may be due: what they want or have has changed, or they wait for a moment to come.
    var restless: Set<String> = []
    var book: PilotBook
    var tallies: [String: PilotTally]
    /// The ledger says that something of ours may be at the site.
    var isInLedger: Bool
    /// `nil` until this process has staged, and again after every submission whose answer was lost.
    var epoch: String?
    var delivery = Delivery.none
    /// What pilots share could not be brought at the last attempt: none is submitted before it is there.
    var deliveryFailed = false
    var schedule: LookSchedule
    var budget: CommandBudget
    var endings = EndingBudget()
    var nodes = NodeHealth()
    /// What pilots were like that have been well here.
    var proofs: Set<PilotMake> = []
    /// Pilots that tell of something that keeps them, and what.
    var obstacles: [PilotID: String] = [:]
    var commands = CommandLog()
    /// Whether there is a spool folder to follow.
    var mayFollow = false
    /// Whether it was followed at the last turn.
    var wasFollowed = false
    /// Why it was last not followed.
    var unfollowed: String?
    /// What pilots have told since the last turn.
    var heard: [PilotID: PilotReport] = [:]
    /// Pilots that have told their own end, and when: until an answer of the batch system does not list them.
    var unconfirmed: [PilotID: Duration] = [:]
    /// When what is wanted last changed.
    var lastWish: Duration
    /// When pilots that have ended are replaced, if that waits.
    var nextReplacement = Duration.zero
    /// As last shown.
    var traffic: SiteTraffic?
    var nextLook = Duration.zero
    /// How many pilots each set was given since the last look.
    var submittedThisCycle: [String: Int] = [:]
    var looks = 0
    var counts = SiteCounts()
    var lastLook: Duration?
    /// How many slots of each pilot have jobs, as its last report says.
    var busy: [PilotID: Int] = [:]
    /// When the site last took the order for pilots to finish.
    var toldToDrain: [PilotID: Duration] = [:]
    /// The site may have pilots of which the ledger knows nothing.
    var isSuspect: Bool
    /// This process has seen which pilots the site has.
    var hasTakenStock = false
    /// Sets of which nothing is known but pilots that were found at the site.
    var strays: Set<String> = []
    /// When pilots were first left out of an answer, and how often in a row.
    var missing: [PilotID: Absence] = [:]
    var held: [PilotID: Duration] = [:]
    var cancelled: [PilotID: Duration] = [:]
    /// Later than when they are due, after no fresh tokens could be made.
    var tokensNotBefore = Duration.zero
    /// When recovery first found a submission that had begun and had no outcome.
    var begun: [PilotID: Doubt] = [:]
    var nextRecovery = Duration.zero
    /// Later than at once, after files could not be removed.
    var tidyNotBefore = Duration.zero
    var needsNewAccess = false
    /// Nothing may be done here now, because it is not known whether another one has taken the site.
    var isPaused = false
    /// Fingerprint of the key that ``access`` logs in with.
    var accessKey: String?
    /// The same, once the site has answered.
    var keyInUse: String?
    var contact: Finding?
    /// What is wrong with a site that answers, while it is.
    var trouble: Finding?
    var retries = 0
    /// Whether this turn has asked the site for anything yet.
    var hasAsked = false
    /// When the command was begun that this turn waits for.
    var askedAt: Duration?
    var retryAt: Duration?
    var published: [String: PilotSetView] = [:]
    /// Pilots whose records have changed and of which nobody has been told yet.
    var touched: Set<PilotID> = []

    /// - Parameter isSuspect: Somebody else may have worked there since the ledger was last written.
    init(
        place: PilotSite, remembering contents: LedgerContents, ledger: any PilotLedger, tokens: any PilotTokenSource,
        settings: SiteSettings, clock: SiteClock, logger: Logger, isSuspect: Bool = false,
        access makeAccess: @escaping @Sendable (PilotSite) -> any SiteAccess,
        onChange: @escaping @Sendable (SiteChange) async -> Void
    ) {
        let id = SiteID(place)
        self.id = id
        self.place = place
        self.ledger = ledger
        self.tokens = tokens
        self.settings = settings
        self.clock = clock
        var logger = logger
        logger[metadataKey: "site"] = "\(place.resource)/\(place.account)"
        self.logger = logger
        self.isSuspect = isSuspect
        self.makeAccess = makeAccess
        self.onChange = onChange
        access = makeAccess(place)
        accessKey = place.keyfingerprint
        let began = clock.wall.now()
        self.began = began
        let life = settings.tokenLife
        book = PilotBook(
            contents.pilots.values.lazy.filter { $0.site == id }.map { $0.believed(at: began, tokenLife: life) })
        tallies = contents.tallies
        isInLedger = contents.sites[id] != nil
        schedule = settings.looks
        budget = CommandBudget(perMinute: settings.commandsPerMinute, burst: settings.commandBurst)
        let now = clock.elapsed()
        lastWish = now
        nodes = Self.nodes(rememberedBy: book)
        settings.census.note(book.alive, at: id)
        // A predecessor may not have waited until the batch system let them go.
        for record in book.records(book.uncleared) where record.job != nil { unconfirmed[record.id] = now }
    }

    /// The site as people know it.
    var name: String { place.host.map { "\(place.account)@\($0)" } ?? "this machine" }

    /// Writes records down, then believes them.
    func save(_ changes: [PilotRecord]) async throws {
        if changes.isEmpty { return }
        try await ledger.append(changes.map { .pilot(record: $0) })
        var lastSet: String?
        for record in changes {
            let old = book[record.id]
            counts.note(record, after: old)
            book[record.id] = record
            if record.pilotSet != lastSet { restless.insert(record.pilotSet) }
            lastSet = record.pilotSet
            touched.insert(record.id)
            if let moment = record.submittedAt, moment != old?.submittedAt {
                let earliest = tallies[record.pilotSet]?.firstSubmit ?? moment
                tallies[record.pilotSet, default: PilotTally()].firstSubmit = min(earliest, moment)
            }
        }
        settings.census.note(book.alive, at: id)
    }

    /// Counts a command that is about to be run at the site.
    func spend(_ kind: CommandLog.Kind = .files) {
        hasAsked = true
        askedAt = clock.elapsed()
        commands.note(kind, at: clock.elapsed())
        counts.commands += 1
        budget.spend(at: clock.elapsed())
    }

    func wakeLooks() {
        schedule.wake()
        nextLook = clock.elapsed() + schedule.next(isWaiting: true)
    }
}
