import VC3Model

/// What of a working Factory is to be seen from outside.
actor ObservedFactory {
    private let id: String
    private let since: Timestamp
    private let ledger: Ledger
    private let registry: SiteRegistry
    private var heartbeat: Timestamp?

    init(id: String, since: Timestamp, ledger: Ledger, registry: SiteRegistry) {
        self.id = id
        self.since = since
        self.ledger = ledger
        self.registry = registry
    }

    func noteHeartbeat(_ moment: Timestamp) { heartbeat = moment }

    func report(naming jobs: Bool = false) async -> FactoryReport {
        FactoryReport(
            id: id, since: since, heartbeat: heartbeat, ledgerBytes: ledger.length,
            sites: await registry.reports(naming: jobs))
    }
}
