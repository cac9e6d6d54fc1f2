import VC3Model

/// What it is told.
extension Site {
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
}
