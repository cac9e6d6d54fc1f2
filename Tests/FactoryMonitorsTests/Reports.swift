import Factory
import VC3Model

/// Reports of a Factory, made by hand.
enum Reports {
    static func factory(_ sites: [SiteReport] = [site()]) -> FactoryReport {
        FactoryReport(
            id: "f1", since: Timestamp(milliseconds: 1_000), heartbeat: Timestamp(milliseconds: 61_500),
            ledgerBytes: 4711, sites: sites)
    }

    static func site(_ sets: [PilotSetReport] = [set()]) -> SiteReport {
        var site = SiteReport(
            id: SiteID(rawValue: "0a1b2c"), resource: "alpha", account: "ana", name: "ana@alpha", commandsPerMinute: 30,
            commandsLeft: 38.5)
        site.sets = sets
        site.counts.commands = 12
        site.counts.looks = 5
        site.isReachable = true
        site.sinceLook = .milliseconds(2500)
        return site
    }

    static func set(
        _ name: String = "set", queue: String = "run1.workers.ana.alpha", pending: Int = 2, running: Int = 3
    ) -> PilotSetReport {
        var set = PilotSetReport(name: name, queue: queue)
        set.pending = pending
        set.running = running
        return set
    }
}
