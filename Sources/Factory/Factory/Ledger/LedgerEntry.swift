import VC3Model

/// One line of the ledger. Later lines about the same thing replace earlier ones.
enum LedgerEntry: Codable, Sendable, Equatable {
    /// Something of ours may be at this site from now on.
    indirect case site(id: SiteID, place: PilotSite)
    /// Nothing of ours is left there.
    case siteRemoved(id: SiteID)
    case pilot(record: PilotRecord)
    /// An ended pilot whose files are gone, and which is one too many to remember; only its set's tally does.
    case forgotten(pilot: PilotID)
    case tally(pilotSet: String, counts: PilotTally)
    /// The set, its tally and its pilots of which nothing is left are over.
    case setRemoved(pilotSet: String)
}

/// How a pilot set's forgotten pilots ended, and when its first pilot was taken by the site.
struct PilotTally: Codable, Sendable, Equatable {
    var ends: [String: Int] = [:]
    var firstSubmit: Timestamp?

    subscript(end: PilotEnd) -> Int {
        get { ends[end.rawValue] ?? 0 }
        set { ends[end.rawValue] = newValue }
    }
}

/// All that the ledger knows: what its lines amount to.
struct LedgerContents: Sendable, Equatable {
    private(set) var sites: [SiteID: PilotSite] = [:]
    private(set) var pilots: [PilotID: PilotRecord] = [:]
    private(set) var tallies: [String: PilotTally] = [:]
    /// The pilots of each set.
    private var members: [String: Set<PilotID>] = [:]

    mutating func apply(_ entry: LedgerEntry) {
        switch entry {
        case .site(let id, let place):
            sites[id] = place
        case .siteRemoved(let id):
            sites[id] = nil
        case .pilot(let record):
            let old = pilots.updateValue(record, forKey: record.id)
            if old?.pilotSet != record.pilotSet {
                if let old { leave(old) }
                members[record.pilotSet, default: []].insert(record.id)
            }
            if let moment = record.submittedAt, moment != old?.submittedAt || old?.pilotSet != record.pilotSet {
                let earliest = tallies[record.pilotSet]?.firstSubmit ?? moment
                tallies[record.pilotSet, default: PilotTally()].firstSubmit = min(earliest, moment)
            }
        case .forgotten(let pilot):
            guard let record = pilots.removeValue(forKey: pilot) else { return }
            leave(record)
            guard let end = record.end else { return }
            tallies[record.pilotSet, default: PilotTally()][end] += 1
        case .tally(let pilotSet, let counts):
            tallies[pilotSet] = counts
        case .setRemoved(let pilotSet):
            tallies[pilotSet] = nil
            for pilot in members[pilotSet] ?? [] {
                guard let record = pilots[pilot], record.isCleared else { continue }
                pilots[pilot] = nil
                leave(record)
            }
        }
    }

    private mutating func leave(_ record: PilotRecord) {
        members[record.pilotSet]?.remove(record.id)
        if members[record.pilotSet]?.isEmpty == true { members[record.pilotSet] = nil }
    }

    /// Goes through the fewest entries that amount to the same, in a fixed order.
    func forEachEntry(_ body: (LedgerEntry) throws -> Void) rethrows {
        for (id, place) in sites.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try body(.site(id: id, place: place))
        }
        for record in pilots.values.sorted(by: { $0.id < $1.id }) { try body(.pilot(record: record)) }
        for (name, counts) in tallies.sorted(by: { $0.key < $1.key }) {
            try body(.tally(pilotSet: name, counts: counts))
        }
    }
}
