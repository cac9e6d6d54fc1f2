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
    private let makeAccess: @Sendable (PilotSite) -> any SiteAccess
    let onChange: @Sendable (SiteChange) async -> Void
    let signal = WakeSignal()
    let deliverySignal = WakeSignal()
    private let accessSignal = WakeSignal()
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
    private var needsNewAccess = false
    /// Nothing may be done here now, because it is not known whether another one has taken the site.
    private(set) var isPaused = false
    /// Fingerprint of the key that ``access`` logs in with.
    private var accessKey: String?
    /// The same, once the site has answered.
    private(set) var keyInUse: String?
    var contact: Finding?
    /// What is wrong with a site that answers, while it is.
    var trouble: Finding?
    var retries = 0
    /// Whether this turn has asked the site for anything yet.
    private var hasAsked = false
    /// When the command was begun that this turn waits for.
    private(set) var askedAt: Duration?
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

    /// The pilot sets that have pilots here, told or remembered.
    var knownSets: Set<String> { Set(sets.keys).union(book.pilotSets) }

    /// Takes over what a pilot set asks for now.
    ///
    /// - Parameter hasHadPilots: Whether somebody knows of pilots of the set, whatever the ledger says.
    func want(_ name: String, _ spec: PilotSet.Spec, isDeleting: Bool, hasHadPilots: Bool = false) {
        if hasHadPilots, sets[name] == nil, !isInLedger, tallies[name] == nil, !knownSets.contains(name) {
            isSuspect = true
        }
        strays.remove(name)
        var set = sets[name] ?? WantedSet(isDeleting: isDeleting)
        if set.spec == spec, set.isDeleting == isDeleting { return }
        // Somebody changed what is asked for, so the reason for a pause may be gone.
        set.breaker.reset()
        if let old = set.spec, PilotMake(old) != PilotMake(spec) {
            set.changedAt = clock.wall.now()
            set.isProven = nil
            set.probingSince = nil
        }
        set.isAbandoned = false
        if spec.wanted > set.wanted { set.lackingSince = set.lackingSince ?? clock.wall.now() }
        noteWish()
        set.spec = spec
        set.isDeleting = isDeleting
        sets[name] = set
        restless.insert(name)
        if spec.site != place {
            place = spec.site
            needsNewAccess = true
            retryAt = nil
        }
        signal.signal()
    }

    /// Somebody may have mended what kept this site from being reached.
    func tryNow() {
        retryAt = nil
        signal.signal()
    }

    /// Takes no turn and reads nothing that pilots leave until told otherwise; the connection stays.
    func pause(_ isPaused: Bool) {
        guard isPaused != self.isPaused else { return }
        self.isPaused = isPaused
        if isPaused { return stopFollowing() }
        if epoch != nil { startFollowing() }
        tryNow()
    }

    /// The pilot set's entity is gone or names another site: ends what is left of it.
    ///
    /// - Parameter isAsked: Whether somebody has said that its pilots are to end here, and not only does not speak of it.
    func release(_ name: String, isAsked: Bool) {
        if let set = sets[name], set.isDeleting { return }
        noteWish()
        sets[name, default: WantedSet(isDeleting: true)].isDeleting = true
        sets[name]?.isAbandoned = !isAsked
        restless.insert(name)
        signal.signal()
    }

    private func noteWish() {
        lastWish = clock.elapsed()
        // What was not urgent may be so now.
        if !unconfirmed.isEmpty { wakeLooks() }
    }

    /// Forgets a pilot set of which nothing is left.
    func drop(_ name: String) async throws {
        guard view(of: name).isGone else { return }
        try await ledger.append([.setRemoved(pilotSet: name)])
        for pilot in book.page(of: name).cleared {
            book[pilot] = nil
            touched.insert(pilot)
        }
        tallies[name] = nil
        sets[name] = nil
        published[name] = nil
        await publish()
    }

    /// Takes turns until cancelled. What runs at the site stays.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepDelivering() }
            group.addTask { await self.keepServing() }
            group.addTask { await self.keepFollowing() }
            while !Task.isCancelled {
                let due = await watchedTurn()
                await signal.wait(atMost: due)
            }
            group.cancelAll()
        }
        // A cancelled task cannot run the command that ends a connection; this one is waited for.
        await Task { await access.close() }.value
    }

    /// Serves each access until the next one takes its place.
    private func keepServing() async {
        while !Task.isCancelled {
            await access.serve()
            await accessSignal.wait(atMost: nil)
        }
    }

    /// A turn that tells when the site keeps it waiting.
    private func watchedTurn() async -> Duration? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.tellSilence() }
            let due = await turn()
            askedAt = nil
            group.cancelAll()
            return due
        }
    }

    /// Does what is due now.
    ///
    /// - Returns: How long nothing will be due unless somebody asks for something; `nil` for ever.
    func turn() async -> Duration? {
        if isPaused { return nil }
        guard isInLedger || isSuspect || sets.values.contains(where: { !$0.isDeleting }) else {
            await publish()
            return nil
        }
        do {
            try await takeEvents()
            if !touched.isEmpty { await publish() }
        } catch {
            logger.warning("what pilots tell cannot be written down yet", metadata: ["why": "\(error)"])
        }
        if wasFollowed, !isFollowed { wakeLooks() }
        wasFollowed = isFollowed
        if let retryAt, clock.elapsed() < retryAt { return retryAt - clock.elapsed() }
        let pause = budget.wait(at: clock.elapsed())
        if pause > .zero { return pause }
        do {
            hasAsked = false
            try await work()
            // Only an answer shows that a site which did not answer does so again.
            if !hasAsked, contact.map({ $0.status != .yes }) == true || trouble != nil { try await look() }
            retries = 0
            retryAt = nil
            if hasAsked {
                trouble = nil
                keyInUse = accessKey
                contact = Finding(status: .yes, reason: "Reached", message: "\(name) answers")
            }
        } catch let failure as SiteFailure {
            note(failure)
        } catch is CancellationError {
            return nil
        } catch {
            note(
                SiteFailure(
                    reason: "LedgerUnavailable", message: "\(error); nothing is submitted until it can be written",
                    mender: .operator, wasAnswered: true))
        }
        await noteLateTokens()
        await publish()
        return nextDue()
    }

    private func work() async throws {
        if needsNewAccess {
            stopFollowing()
            await access.close()
            access = makeAccess(place)
            accessKey = place.keyfingerprint
            accessSignal.signal()
            epoch = nil
            needsNewAccess = false
        }
        for record in book.takeExpiring(by: clock.wall.now()) { restless.insert(record.pilotSet) }
        wakeQueues()
        try takeDeliveryFailure()
        try await prepare()
        try await resolve()
        try await retire()
        try await submit()
        if clock.elapsed() >= nextLook, isLookWorthwhile {
            try await look()
            try await retire()
            try await submit()
        }
        try await renewTokens()
        try await tidy()
        try await takeEvents()
    }

    private var isLookWorthwhile: Bool {
        !unconfirmed.isEmpty || book.alive > 0
    }

    /// Makes contact and the site ready. Overlaps with whatever the pilot sets still wait for.
    func prepare() async throws {
        if epoch != nil { return }
        try await access.open()
        // To end pilots and clear up, nothing has to be put there first.
        guard isSuspect || sets.values.contains(where: { !$0.isDeleting }) else { return }
        if !isInLedger {
            // From here on files may exist there, which somebody has to remove.
            try await ledger.append([.site(id: id, place: place)])
            isInLedger = true
        }
        let fresh = settings.newPilot().rawValue
        spend()
        let staging = try await access.stage(epoch: fresh)
        try await adopt(staging.pilots)
        isSuspect = false
        hasTakenStock = true
        if staging.isLacking, sets.values.contains(where: { !$0.isDeleting }) { try await arrangeDelivery() }
        epoch = fresh
        if !isPaused { startFollowing() }
    }

    private func nextDue() -> Duration? {
        let now = clock.elapsed()
        if let retryAt { return max(retryAt - now, .zero) }
        var due: [Duration] = []
        if isLookWorthwhile { due.append(nextLook) }
        if nextReplacement > now { due.append(nextReplacement) }
        for set in sets.values where !set.breaker.isClosed && set.breaker.pausedUntil > now {
            due.append(set.breaker.pausedUntil)
        }
        due += [
            nextProbingEnd, nextAbandoned, nextNodeChange, nextTidying, nextExpiry, nextDrainEnd, nextSilence,
            nextRenewal, nextCycle,
        ].compactMap(\.self)
        return due.min().map { max($0 - now, .zero) }
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
