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
    private(set) var pending = 0
    private var expiries = Deadlines()
    private var tokenEnds = Deadlines()

    init(_ records: some Sequence<PilotRecord>) {
        for record in records { self[record.id] = record }
    }

    subscript(pilot: PilotID) -> PilotRecord? {
        get { records[pilot] }
        set {
            let old = records.removeValue(forKey: pilot)
            if let old { count(old, -1) }
            guard let newValue else { return }
            records[pilot] = newValue
            count(newValue, 1)
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

    private mutating func count(_ record: PilotRecord, _ change: Int) {
        if record.stage == .intended { intended.note(record.id, change) }
        if !record.hasEnded, record.retiring != nil { retiring.note(record.id, change) }
        if record.hasEnded, !record.isCleared { uncleared.note(record.id, change) }
        if !record.hasEnded { alive += change }
        if record.stage == .pending { pending += change }
        sets[record.pilotSet, default: SetPage()].count(record, change)
        if change < 0, sets[record.pilotSet]?.isEmpty == true { sets[record.pilotSet] = nil }
    }
}

/// The part of a ``PilotBook`` about one pilot set.
struct SetPage: Sendable {
    private(set) var submitting = 0
    private(set) var pending = 0
    private(set) var running = 0
    private(set) var retiring = 0
    private(set) var ends = PilotTally()
    private(set) var alive: Set<PilotID> = []
    /// Ended, with files left at the site.
    private(set) var uncleared: Set<PilotID> = []
    /// Ended, with nothing left at the site.
    private(set) var cleared: Set<PilotID> = []

    var isEmpty: Bool { alive.isEmpty && hasOnlyCleared && cleared.isEmpty }
    var hasOnlyCleared: Bool { alive.isEmpty && uncleared.isEmpty }

    fileprivate mutating func count(_ record: PilotRecord, _ change: Int) {
        if record.hasEnded {
            if let end = record.end { ends[end] += change }
            if record.isCleared {
                cleared.note(record.id, change)
            } else {
                uncleared.note(record.id, change)
            }
            return
        }
        alive.note(record.id, change)
        switch record.stage {
        case _ where record.retiring != nil: retiring += change
        case .intended: submitting += change
        case .pending: pending += change
        case .running: running += change
        case .ended: break
        }
    }
}

extension Set<PilotID> {
    /// Adds a pilot with a positive `change`, removes it with a negative one.
    fileprivate mutating func note(_ pilot: PilotID, _ change: Int) {
        if change > 0 { insert(pilot) } else { remove(pilot) }
    }
}
