import Factory
import Testing
import VC3Model

@testable import FactoryMonitors

@Suite struct AdminAlarmTests {
    static func breaker(_ failures: Int, message: String = "pilot x failed") -> FactoryReport {
        var set = Reports.set()
        set.breakerFailures = failures
        set.trouble = SiteTrouble(reason: "PilotEndedEarly", message: message)
        return Reports.factory([Reports.site([set])])
    }

    static func ledger() -> FactoryReport {
        var site = Reports.site()
        site.trouble = SiteTrouble(reason: "LedgerUnavailable", message: "no space left")
        return Reports.factory([site])
    }

    static let now = Timestamp(milliseconds: 10_000_000)

    @Test(
        arguments: [
            (Reports.factory(), nil, nil, []), (breaker(2), nil, nil, []),
            (breaker(3), nil, nil, ["pilots fail at ana@alpha: PilotEndedEarly"]),
            (ledger(), nil, nil, ["the ledger of pilots cannot be written"]), (nil, 599, nil, []),
            (nil, 600, nil, ["the Infoservice does not answer"]),
            // Of 600 s, so many are left.
            (nil, nil, 101, []), (nil, nil, 100, ["the factory's certificate is about to end"]),
            (nil, nil, -5, ["the factory's certificate is about to end"]),
        ] as [(FactoryReport?, Int?, Int?, [String])])
    func whatIsWorthAMail(report: FactoryReport?, silence: Int?, left: Int?, subjects: [String]) {
        var surroundings = AdminAlarm.Surroundings()
        surroundings.silentSince = silence.map { Self.now + .seconds(-$0) }
        surroundings.certificate = left.map {
            CertificateLife(begin: Self.now + .seconds($0 - 600), end: Self.now + .seconds($0))
        }
        #expect(AdminAlarm.alarms(report, surroundings, at: Self.now).map(\.subject) == subjects)
    }

    @Test func theSameCauseHasTheSameKeyWhateverItsDetails() {
        let keys = ["pilot x failed", "pilot y failed"].map {
            AdminAlarm.alarms(Self.breaker(4, message: $0), .init(), at: Self.now).map(\.key)
        }
        #expect(keys[0] == keys[1])
    }
}
