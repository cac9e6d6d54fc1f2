import InfoserviceAPI
import InfoserviceStore
import VC3Model
import VC3Monitoring

extension MetricsReport {
    /// What the Factories say of their traffic with each account at a site; every pilot set there has the same.
    func sites(_ text: inout MetricsText) async {
        var latest: [[String]: SiteTraffic] = [:]
        for record in await engine.records(.pilotset).items {
            guard let set = try? Entity<PilotSet>(record), let traffic = set.status.traffic else { continue }
            let site = [set.spec.site.resource, set.spec.site.account]
            if latest[site].map({ $0.measured < traffic.measured }) ?? true { latest[site] = traffic }
        }
        let figures: [(name: String, help: String, value: (SiteTraffic) -> Double)] = [
            ("commands_last_minute", "Commands at the account in a minute.", { Double($0.commands) }),
            (
                "scheduler_commands_last_minute", "Those of them that ask the batch system.",
                { Double($0.scheduler_commands) }
            ),
            ("command_budget", "The most commands a minute, over time.", { Double($0.budget) }),
            ("command_wait_seconds", "Until the budget covers the next command.", { Double($0.wait) }),
            ("standing_shell", "Whether commands go through one shell that stays.", { $0.way == "shell" ? 1 : 0 }),
            ("spool_followed", "Whether pilots' own events come.", { $0.spool == "followed" ? 1 : 0 }),
            (
                "measured_timestamp_seconds", "When that was measured, in seconds since 1970.",
                { Double($0.measured.milliseconds / 1000) }
            ),
        ]
        if latest.isEmpty { return }
        let ordered = latest.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for figure in figures {
            let name = "vc3_site_\(figure.name)"
            text.begin(name, .gauge, figure.help)
            for (site, traffic) in ordered {
                text.sample(name, ["resource": site[0], "account": site[1]], figure.value(traffic))
            }
        }
    }
}
