import VC3Model

/// The sites where there is something to do.
struct SiteDemand: Sendable, Equatable {
    /// Pilot sets ask for them, so that every Factory knows of them.
    var asked: Set<SiteID>
    /// The own ledger has something there.
    var remembered: Set<SiteID>
    /// A person logs in there, at whoever has it: would it move, they had to log in again.
    var personal: Set<SiteID> = []

    var all: Set<SiteID> { asked.union(remembered) }
    /// Those that may be given to another Factory, which knows of them as well.
    var movable: Set<SiteID> { asked.subtracting(personal) }
}

/// What one of several Factories knows about who has which site, at one moment.
struct SiteShares: Sendable, Equatable {
    enum Holder: Sendable, Equatable {
        /// Nobody works there, since this moment by the clock of whoever looks.
        case free(since: Duration)
        case held(by: String)
    }

    /// The Factory that looks.
    var own: String
    /// All that work, this one among them.
    var members: Set<String>
    /// The sites that another Factory may be given.
    var movable: Set<SiteID>
    /// Those that have been there for long enough to be given a share of others.
    var settled: Set<String>
    var sites: [SiteID: Holder]
    /// Since any fixed moment; never goes back.
    var now: Duration
    /// When this one last gave up a site to another.
    var lastHandover: Duration?

    /// How long whoever has a full share leaves a free site to those that have less.
    static let courtesy = Duration.seconds(3)
    /// From one handover to the next: six in a minute.
    static let handoverPause = Duration.seconds(10)
    /// How long a Factory has to be there before others hand over to it.
    static let settling = Duration.seconds(15)

    struct Plan: Sendable, Equatable {
        var take: [SiteID] = []
        var giveUp: SiteID?
    }

    /// Free sites are taken, and one site at a time goes to whoever has at least two fewer: a difference of one, which
    /// is the best there may be, moves nothing.
    var plan: Plan {
        var plan = Plan()
        let mine = sites.filter { $0.value == .held(by: own) }.map(\.key)
        let share = (sites.count + members.count - 1) / max(members.count, 1)
        let free = sites.compactMap { site, holder in
            if case .free(let since) = holder { (site: site, since: since) } else { nil }
        }.sorted { $0.site.rawValue < $1.site.rawValue }
        for (site, since) in free {
            if mine.count + plan.take.count < share || now - since >= Self.courtesy { plan.take.append(site) }
        }
        guard free.isEmpty, lastHandover.map({ now - $0 >= Self.handoverPause }) ?? true else { return plan }
        let fewest = settled.intersection(members).subtracting([own]).map { member in
            sites.values.count { $0 == .held(by: member) }
        }.min()
        if let fewest, mine.count >= fewest + 2 {
            plan.giveUp = mine.filter(movable.contains).max { $0.rawValue < $1.rawValue }
        }
        return plan
    }
}
