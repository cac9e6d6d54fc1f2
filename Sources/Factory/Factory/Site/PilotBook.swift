import VC3Model

/// The records of a site's pilots, with the lists and counts that are asked for most, kept up to date by each change: a
/// question costs as much as its answer is long, however many pilots are at rest.
struct PilotBook: Sendable {
    private var records: [PilotID: PilotRecord] = [:]
    private var sets: [String: SetPage] = [:]
    /// Alive, with a submission that has no outcome yet.
    private(set) var intended: Set<PilotID> = []
    /// Alive, and being ended.
    private(set) var retiring: Set<PilotID> = []
    /// Ended, with files left at the site.
    private(set) var uncleared: Set<PilotID> = []
    private(set) var alive = 0
    /// Alive, with a job that the batch system should know.
    private(set) var aliveWithJob = 0
    private(set) var pending = 0
    private var expiries = Deadlines()
    private var tokenEnds = Deadlines()

    init(_ records: some Sequence<PilotRecord>) {
        for record in records { self[record.id] = record }
    }

    subscript(pilot: PilotID) -> PilotRecord? {
        get { records[pilot] }
        set {
            let old =
                if let newValue {
                    records.updateValue(newValue, forKey: pilot)
                } else {
                    records.removeValue(forKey: pilot)
                }
            count(old, newValue, pilot)
            guard let newValue else { return }
            if let expiry = newValue.pendingExpiry, expiry != old?.pendingExpiry { expiries.insert(expiry, pilot) }
            // Those of pilots that ended early would pile up otherwise.
            if expiries.count > 2 * alive + 64 { expiries = Deadlines(of: aliveRecords, \.pendingExpiry) }
            if let end = newValue.pendingTokenEnd, end != old?.pendingTokenEnd { tokenEnds.insert(end, pilot) }
            if tokenEnds.count > 2 * alive + 64 { tokenEnds = Deadlines(of: aliveRecords, \.pendingTokenEnd) }
        }
    }

    /// How many of a set's pilots are in which state, and which they are.
    func page(of pilotSet: String) -> SetPage { sets[pilotSet] ?? SetPage() }
    var pilotSets: some Sequence<String> { sets.keys }
    var hasOnlyCleared: Bool { alive == 0 && uncleared.isEmpty }

    func records(_ pilots: some Sequence<PilotID>) -> [PilotRecord] { pilots.compactMap { records[$0] } }
    func alive(in pilotSet: String) -> [PilotRecord] { records(page(of: pilotSet).alive) }
    var aliveRecords: [PilotRecord] { sets.values.flatMap { records($0.alive) } }

    /// When a pilot's walltime comes to its end next, or that of one which is gone would have.
    var nextExpiry: Timestamp? { expiries.first?.moment }

    /// Pilots whose walltime comes to its end by `now`, each once.
    mutating func takeExpiring(by now: Timestamp) -> [PilotRecord] {
        var expiring: [PilotRecord] = []
        while let (moment, pilot) = expiries.first, moment <= now {
            if let record = records[pilot], record.pendingExpiry == moment { expiring.append(record) }
            expiries.removeFirst()
        }
        return expiring
    }

    /// When a pilot's token ends next, or that of one which is gone would have.
    var nextTokenEnd: Timestamp? { tokenEnds.first?.moment }

    /// Pilots whose tokens end by `moment`, the earliest first, as many as `most`. They come again only once their records
    /// have another end, or after ``putBack(_:)``.
    mutating func takeTokensEnding(by moment: Timestamp, most: Int) -> [PilotRecord] {
        var ending: [PilotRecord] = []
        while ending.count < most, let (end, pilot) = tokenEnds.first, end <= moment {
            if let record = records[pilot], record.pendingTokenEnd == end { ending.append(record) }
            tokenEnds.removeFirst()
        }
        return ending
    }

    /// Their tokens are to be replaced after all.
    mutating func putBack(_ taken: [PilotRecord]) {
        for record in taken { if let end = record.pendingTokenEnd { tokenEnds.insert(end, record.id) } }
    }

    private mutating func count(_ old: PilotRecord?, _ new: PilotRecord?, _ pilot: PilotID) {
        intended.move(pilot, old?.stage == .intended, new?.stage == .intended)
        retiring.move(pilot, old?.isRetiring == true, new?.isRetiring == true)
        uncleared.move(pilot, old?.isUncleared == true, new?.isUncleared == true)
        alive += (new?.hasEnded == false ? 1 : 0) - (old?.hasEnded == false ? 1 : 0)
        aliveWithJob += (new?.isAliveWithJob == true ? 1 : 0) - (old?.isAliveWithJob == true ? 1 : 0)
        pending += (new?.stage == .pending ? 1 : 0) - (old?.stage == .pending ? 1 : 0)
        if let old, let new, old.pilotSet == new.pilotSet {
            sets[new.pilotSet, default: SetPage()].count(old, new, pilot)
            return
        }
        if let old {
            sets[old.pilotSet]?.count(old, nil, pilot)
            if sets[old.pilotSet]?.isEmpty == true { sets[old.pilotSet] = nil }
        }
        if let new { sets[new.pilotSet, default: SetPage()].count(nil, new, pilot) }
    }
}

/// The part of a ``PilotBook`` about one pilot set.
struct SetPage: Sendable {
    private(set) var submitting = 0
    private(set) var pending = 0
    private(set) var running = 0
    private(set) var retiring = 0
    /// Of those that run and are not being ended.
    private(set) var validated = 0
    private(set) var joined = 0
    private(set) var ends = PilotTally()
    private(set) var alive: Set<PilotID> = []
    /// Ended, with files left at the site.
    private(set) var uncleared: Set<PilotID> = []
    /// Ended, with nothing left at the site.
    private(set) var cleared: Set<PilotID> = []

    var isEmpty: Bool { alive.isEmpty && hasOnlyCleared && cleared.isEmpty }
    var hasOnlyCleared: Bool { alive.isEmpty && uncleared.isEmpty }

    fileprivate mutating func count(_ old: PilotRecord?, _ new: PilotRecord?, _ pilot: PilotID) {
        alive.move(pilot, old?.hasEnded == false, new?.hasEnded == false)
        uncleared.move(pilot, old?.isUncleared == true, new?.isUncleared == true)
        cleared.move(pilot, old?.isEndedAndCleared == true, new?.isEndedAndCleared == true)
        if let old { tally(old, -1) }
        if let new { tally(new, 1) }
    }

    private mutating func tally(_ record: PilotRecord, _ change: Int) {
        switch record.stage {
        case .ended: if let end = record.end { ends[end] += change }
        case _ where record.retiring != nil: retiring += change
        case .intended: submitting += change
        case .pending: pending += change
        case .running:
            running += change
            if record.validatedAt != nil || record.joinedAt != nil { validated += change }
            if record.joinedAt != nil { joined += change }
        }
    }
}

extension PilotFacts {
    fileprivate var isRetiring: Bool { !hasEnded && retiring != nil }
    fileprivate var isUncleared: Bool { hasEnded && !isCleared }
    fileprivate var isEndedAndCleared: Bool { hasEnded && isCleared }
    fileprivate var isAliveWithJob: Bool { !hasEnded && job != nil }
}

extension Set<PilotID> {
    /// Only what changes costs anything.
    fileprivate mutating func move(_ pilot: PilotID, _ wasMember: Bool, _ isMember: Bool) {
        if wasMember == isMember { return }
        if isMember { insert(pilot) } else { remove(pilot) }
    }
}
