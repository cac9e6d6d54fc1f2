import BatchSystems
import VC3Model

@testable import Factory

/// A process's way to a fake site.
struct FakeAccess: SiteAccess {
    let world: FakeWorld
    let incarnation: Int
    /// Which of the world's sites.
    var site = 0
    /// Which of the world's Factories.
    var factory = 0
    /// That of the site's lease.
    var term: Int64 = 0
    /// Asked before every command.
    var permit: @Sendable () async throws(SiteFailure) -> Void = {}

    private var caller: FakeWorld.Caller { FakeWorld.Caller(factory: factory, incarnation: incarnation) }

    private func perform<Answer: Sendable>(
        _ effect: @Sendable (FakeSite) throws(SiteFailure) -> Answer
    ) async throws(SiteFailure) -> Answer {
        try await permit()
        return try await world.perform(at: site, by: caller) { [term] site throws(SiteFailure) in
            try site.refuse(term)
            return try effect(site)
        }
    }

    func open() async throws(SiteFailure) { try await world.contact(caller, site) }
    func stage(epoch: String) async throws(SiteFailure) -> Staging {
        try await perform { [term] site throws(SiteFailure) in try site.stage(epoch, term: term) }
    }
    func deliver() async throws(SiteFailure) { try await world.deliver(at: site, by: caller) }
    func submit(_ orders: [PilotOrder], epoch: String) async throws(SiteFailure) -> [PilotID: SubmissionAnswer] {
        try await permit()
        return try await world.submit(orders, epoch: epoch, term: term, at: site, by: caller)
    }
    func recover(_ pilots: [PilotID]) async throws(SiteFailure) -> [PilotID: RecoveryAnswer] {
        try await perform { site throws(SiteFailure) in try site.recover(pilots) }
    }
    func renew(_ tokens: [PilotID: String]) async throws(SiteFailure) {
        try await perform { site throws(SiteFailure) in try site.renew(tokens) }
    }
    func drain(_ pilots: [PilotID: Int]) async throws(SiteFailure) {
        try await perform { site throws(SiteFailure) in try site.drain(pilots) }
    }
    func look() async throws(SiteFailure) -> SiteView { try await perform { $0.look() } }
    func cancel(_ jobs: [JobID]) async throws(SiteFailure) { try await perform { $0.batch.cancel(jobs) } }
    func bury(_ pilots: [PilotID]) async throws(SiteFailure) {
        try await perform { site throws(SiteFailure) in try site.bury(pilots) }
    }
    func inquire(_ pilots: [PilotID], books jobs: [JobID]) async throws(SiteFailure) -> SiteRemains {
        try await perform { $0.inquire(pilots, books: jobs) }
    }
    func output(of pilot: PilotID, lines: Int) async throws(SiteFailure) -> String? {
        try await world.contact(caller, site)
        return await world.folders[pilot] == nil ? nil : "output of \(pilot)"
    }
    func remove(_ pilots: [PilotID]) async throws(SiteFailure) { try await perform { $0.remove(pilots) } }
    func wipe() async throws(SiteFailure) { try await perform { $0.wipe() } }
    func way() async -> String { "shell" }
    func close() async {}
}

struct FakeLedger: PilotLedger {
    let world: FakeWorld
    let incarnation: Int
    var factory = 0
    func append(_ entries: [LedgerEntry]) async throws {
        try await world.append(entries, by: FakeWorld.Caller(factory: factory, incarnation: incarnation))
    }
    func contents() async -> LedgerContents { await world.ledger(of: factory) }
    func record(_ pilot: PilotID) async -> PilotRecord? { await world.ledger(of: factory).pilots[pilot] }
    var sites: [SiteID: PilotSite] { get async { await world.ledger(of: factory).sites } }
}

struct FakeTokens: PilotTokenSource {
    func tokens(for pilots: [PilotID], of spec: PilotSet.Spec) async throws -> [(PilotID, String)] {
        pilots.map { ($0, "token") }
    }
}
