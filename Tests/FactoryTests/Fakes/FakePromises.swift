import VC3Model

@testable import Factory

/// What a Factory promises, whatever goes wrong, judged whenever a job comes into being.
struct FakePromises {
    private(set) var violations: [String] = []
    /// How many pilots each set wants now.
    var wanted: [String: Int] = [:]
    /// What was wanted when each pilot was intended, and of which set.
    private var intents: [(pilot: PilotID, set: String, wanted: Int)] = []
    private var indices: [PilotID: Int] = [:]

    /// - Parameter believed: How many whoever intends it may still believe to be wanted.
    mutating func note(_ record: PilotRecord, believed: Int = 0) {
        guard indices[record.id] == nil else { return }
        indices[record.id] = intents.count
        intents.append((record.id, record.pilotSet, max(believed, wanted[record.pilotSet] ?? 0)))
    }

    func set(of pilot: PilotID) -> String? { indices[pilot].map { intents[$0].set } }

    func working(_ set: String, at site: FakeSite) -> Int {
        site.batch.alive.count { id in
            guard let job = site.batch[id], let index = indices[job.pilot] else { return false }
            return intents[index].set == set && job.isAlive && !job.isHarmless && !job.isDraining(at: site.fate.now)
        }
    }

    /// No pilot has two jobs, and no job may come into being that makes more of them exist, beside those that drain,
    /// than were wanted when it or a later one was intended.
    ///
    /// - Parameter alive: How many pilots of its set exist and take work.
    mutating func judge(_ pilot: PilotID, at site: FakeSite, alive: Int) {
        if site.batch.living(of: [pilot]).count > 1 { violations.append("\(pilot) doubled") }
        guard let index = indices[pilot] else {
            violations.append("\(pilot) was submitted before the ledger had it")
            return
        }
        let set = intents[index].set
        let most = intents[index...].filter { $0.set == set }.map(\.wanted).max() ?? 0
        if alive > most { violations.append("\(site.fate.now): \(alive) of \(set) exist, at most \(most) were wanted") }
    }
}
