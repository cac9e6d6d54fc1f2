import Factory
import Testing
import VC3Monitoring
import VC3Testing

@testable import FactoryMonitors

@Suite struct FactoryMetricsTests {
    @Test func figuresAreThoseOfTheReportAndTheFormatIsKept() throws {
        var set = Reports.set()
        set.failed = 7
        set.breakerFailures = 1
        let text = FactoryMetrics.text(Reports.factory([Reports.site([set])]), version: "1.2.3").text
        let parsed = try ParsedMetrics(text)
        for (sample, value) in [
            (#"vc3_factory_build_info{version="1.2.3"}"#, 1.0), ("vc3_factory_working", 1),
            ("vc3_factory_start_timestamp_seconds", 1), ("vc3_factory_heartbeat_timestamp_seconds", 61.5),
            ("vc3_factory_ledger_size_bytes", 4711),
            (#"vc3_factory_pilots{site="0a1b2c",pilotset="set",state="pending"}"#, 2),
            (#"vc3_factory_pilots{site="0a1b2c",pilotset="set",state="running"}"#, 3),
            (#"vc3_factory_pilots{site="0a1b2c",pilotset="set",state="retiring"}"#, 0),
            (#"vc3_factory_pilots_ended_total{site="0a1b2c",pilotset="set",end="failed"}"#, 7),
            (#"vc3_factory_breaker_open{site="0a1b2c",pilotset="set"}"#, 1),
            (#"vc3_factory_site_info{site="0a1b2c",resource="alpha",account="ana",at="ana@alpha"}"#, 1),
            (#"vc3_factory_site_reachable{site="0a1b2c"}"#, 1),
            (#"vc3_factory_site_look_age_seconds{site="0a1b2c"}"#, 2.5),
            (#"vc3_factory_site_commands_total{site="0a1b2c"}"#, 12),
            (#"vc3_factory_site_looks_total{site="0a1b2c"}"#, 5),
            (#"vc3_factory_site_commands_left{site="0a1b2c"}"#, 38.5),
        ] {
            #expect(parsed[sample] == value, "\(sample)")
        }
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        var site = Reports.site()
        site.isReachable = nil
        site.sinceLook = nil
        let text = FactoryMetrics.text(Reports.factory([site]), version: "1").text
        #expect(try ParsedMetrics(text)[#"vc3_factory_site_reachable{site="0a1b2c"}"#] == nil)
        #expect(!text.contains("look_age_seconds{"))
        let standby = try ParsedMetrics(FactoryMetrics.text(nil, version: "1").text)
        #expect(standby["vc3_factory_working"] == 0)
    }
}
