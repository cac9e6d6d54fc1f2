public import Factory
public import FactoryCredentials
import VC3Model
public import VC3Monitoring

/// A Factory's figures for Prometheus.
public enum FactoryMetrics {
    /// - Parameters:
    ///   - report: `nil` while no Factory works in this process.
    ///   - credentials: Those that queues and users have.
    public static func text(
        _ report: FactoryReport?, version: String, credentials: [CredentialState] = []
    ) -> MetricsText {
        var text = MetricsText()
        text.begin("vc3_factory_build_info", .gauge, "The release that runs; always 1.")
        text.sample("vc3_factory_build_info", ["version": version], 1)
        text.single(
            "vc3_factory_working", .gauge, "Whether this process does the work, and is not standing by.",
            report == nil ? 0 : 1)
        tell(credentials, &text)
        guard let report else { return text }
        text.single(
            "vc3_factory_start_timestamp_seconds", .gauge, "When it began to work, in seconds since 1970.",
            Double(report.since.milliseconds) / 1000)
        if let heartbeat = report.heartbeat {
            text.single(
                "vc3_factory_heartbeat_timestamp_seconds", .gauge,
                "When the Infoservice last took its heartbeat, in seconds since 1970.",
                Double(heartbeat.milliseconds) / 1000)
        }
        text.single(
            "vc3_factory_ledger_size_bytes", .gauge, "Size of the ledger of pilots.", Double(report.ledgerBytes))
        pilots(report, &text)
        sites(report, &text)
        return text
    }

    private static func tell(_ credentials: [CredentialState], _ text: inout MetricsText) {
        let end = "vc3_factory_credential_end_timestamp_seconds"
        text.begin(end, .gauge, "When a proxy or token ends, in seconds since 1970.")
        for state in credentials {
            guard let life = state.life else { continue }
            text.sample(end, ["kind": state.kind.rawValue, "name": state.name], Double(life.end.milliseconds) / 1000)
        }
        let trouble = "vc3_factory_credential_trouble"
        text.begin(trouble, .gauge, "Whether a credential cannot be read or renewed.")
        for state in credentials {
            text.sample(
                trouble, ["kind": state.kind.rawValue, "name": state.name], state.trouble == nil ? 0 : 1)
        }
    }

    private static func pilots(_ report: FactoryReport, _ text: inout MetricsText) {
        let pilots = "vc3_factory_pilots"
        text.begin(pilots, .gauge, "Pilots by what they do.")
        for (site, set) in report.allSets {
            for (state, count) in [
                ("submitting", set.submitting), ("pending", set.pending), ("running", set.running),
                ("retiring", set.retiring),
            ] {
                text.sample(
                    pilots, ["site": site.id.rawValue, "pilotset": set.name, "state": state], Double(count))
            }
        }
        let ended = "vc3_factory_pilots_ended_total"
        text.begin(ended, .counter, "Pilots that have ended, over the life of their set.")
        for (site, set) in report.allSets {
            for (end, count) in [
                ("done", set.done), ("expired", set.expired), ("failed", set.failed), ("vanished", set.vanished),
            ] {
                text.sample(ended, ["site": site.id.rawValue, "pilotset": set.name, "end": end], Double(count))
            }
        }
        let breaker = "vc3_factory_breaker_open"
        text.begin(breaker, .gauge, "Whether submissions are held back to single pilots after failures.")
        for (site, set) in report.allSets {
            text.sample(
                breaker, ["site": site.id.rawValue, "pilotset": set.name], set.breakerFailures > 0 ? 1 : 0)
        }
    }

    private static func sites(_ report: FactoryReport, _ text: inout MetricsText) {
        let info = "vc3_factory_site_info"
        text.begin(info, .gauge, "Which account a site is; always 1.")
        for site in report.sites {
            text.sample(
                info, ["site": site.id.rawValue, "resource": site.resource, "account": site.account, "at": site.name], 1
            )
        }
        let figures: [(String, MetricsText.MetricType, String, (SiteReport) -> Double?)] = [
            ("vc3_factory_site_reachable", .gauge, "Whether it answers.", { $0.isReachable.map { $0 ? 1 : 0 } }),
            (
                "vc3_factory_site_look_age_seconds", .gauge, "Since it last answered a look at its pilots.",
                { $0.sinceLook.map { $0 / .seconds(1) } }
            ),
            ("vc3_factory_site_looks_total", .counter, "Looks that it answered.", { Double($0.counts.looks) }),
            ("vc3_factory_site_commands_total", .counter, "Commands run there.", { Double($0.counts.commands) }),
            (
                "vc3_factory_site_commands_per_minute_limit", .gauge, "The most commands in a minute, over time.",
                { Double($0.commandsPerMinute) }
            ),
            (
                "vc3_factory_site_commands_left", .gauge,
                "Commands that may run now; negative after steps that could not wait.", { $0.commandsLeft }
            ),
            ("vc3_factory_submissions_total", .counter, "Pilots that it took.", { Double($0.counts.submissions) }),
        ]
        for (name, type, help, value) in figures {
            text.begin(name, type, help)
            for site in report.sites {
                if let value = value(site) { text.sample(name, ["site": site.id.rawValue], value) }
            }
        }
        let failures = "vc3_factory_pilot_failures_total"
        text.begin(failures, .counter, "Pilots that were refused, failed or vanished, by cause.")
        for site in report.sites {
            for (cause, count) in site.counts.failures.sorted(by: { $0.key < $1.key }) {
                text.sample(failures, ["site": site.id.rawValue, "cause": cause], Double(count))
            }
        }
        let troubles = "vc3_factory_site_troubles_total"
        text.begin(troubles, .counter, "Times that it could not be worked with, by reason.")
        for site in report.sites {
            for (reason, count) in site.counts.troubles.sorted(by: { $0.key < $1.key }) {
                text.sample(troubles, ["site": site.id.rawValue, "reason": reason], Double(count))
            }
        }
    }
}

extension FactoryReport {
    /// Each set with its site.
    var allSets: [(site: SiteReport, set: PilotSetReport)] {
        sites.flatMap { site in site.sets.map { (site, $0) } }
    }
}
