import InfoserviceAPI
import VC3Model

/// Shows which sites a Factory has, since when, and which it lost: its `provisioner` entity.
actor Announcement {
    private let infoservice: any EntityReader & EntityWriter
    private let factory: String
    private let clock: WallClock
    private var conditions: [Condition] = []

    init(_ infoservice: any EntityReader & EntityWriter, factory: String, clock: WallClock) {
        self.infoservice = infoservice
        self.factory = factory
        self.clock = clock
    }

    /// - Parameter lost: Otherwise it was given up, or nothing is left to be done there.
    func ended(_ place: PilotSite, lost: Bool) async throws {
        set(
            place, lost ? .unknown : .no, lost ? "LeaseLost" : "GivenUp",
            lost ? "the lease was lost; another factory works there, or this one will again" : "given up")
        try await write()
    }

    func began(_ place: PilotSite) async throws {
        set(place, .yes, "Held", "this factory keeps the pilots of \(place.account) at \(place.host ?? "this machine")")
        try await write()
    }

    /// How the types of its conditions begin.
    static let prefix = "Site."

    private func set(_ place: PilotSite, _ status: Condition.State, _ reason: String, _ message: String) {
        conditions.set(
            Condition(
                type: "\(Self.prefix)\(place.resource).\(place.account)", status: status, reason: reason,
                message: message,
                since: clock.now(), mender: status == .unknown ? .nobody : nil))
        // Those that are over are shown for as long as there are few of them.
        let over = conditions.filter { $0.status != .yes }.sorted { $0.since < $1.since }.dropLast(20)
        conditions.removeAll { over.contains($0) }
    }

    private func write() async throws {
        for _ in 0..<3 {
            do {
                let record = try await record()
                let held = conditions.filter { $0.status == .yes }
                // What its heartbeat told stays.
                var status = try Entity<Provisioner>(record).status
                status.state = held.isEmpty ? "standby" : "working"
                status.state_reason =
                    held.isEmpty ? "has no site" : "has \(held.count) \(held.count == 1 ? "site" : "sites")"
                status.conditions = conditions + status.conditions.filter { !$0.type.hasPrefix(Self.prefix) }
                status.observed_generation = record.metadata.generation
                _ = try await infoservice.replaceStatus(
                    .provisioner, record.name, with: JSONValue(encoding: status), expecting: record.metadata.revision)
                return
            } catch let error as VC3Error where [.conflict, .exists].contains(error.code) { continue }
        }
    }

    private func record() async throws -> EntityRecord {
        do { return try await infoservice.record(.provisioner, factory) } catch let error as VC3Error
            where error.code == .notFound
        {
            return try await infoservice.create(
                EntityDraft(kind: .provisioner, name: factory, spec: ["type": "vc3-factory"]))
        }
    }
}
