import VC3Model

/// Pilots in the Infoservice that are not this Factory's to show or to take away as things stand: their site is not held here,
/// and their set is there. Each is looked at again when one of both changes, of which no event of the pilot's own would tell.
actor UnjudgedPilots {
    private var pilots: [String: Set<PilotID>] = [:]
    private var sets: [PilotID: String] = [:]
    private let review: @Sendable (Set<PilotID>) async -> Void

    /// - Parameter review: Has these looked at again.
    init(review: @escaping @Sendable (Set<PilotID>) async -> Void) { self.review = review }

    func note(_ pilot: PilotID, of set: String) {
        forget(pilot)
        sets[pilot] = set
        pilots[set, default: []].insert(pilot)
    }

    func forget(_ pilot: PilotID) {
        guard let set = sets.removeValue(forKey: pilot) else { return }
        pilots[set]?.remove(pilot)
        if pilots[set]?.isEmpty == true { pilots[set] = nil }
    }

    /// The set went, or its site was won.
    func review(of set: String) async {
        guard let due = pilots.removeValue(forKey: set) else { return }
        for pilot in due { sets[pilot] = nil }
        await review(due)
    }
}
