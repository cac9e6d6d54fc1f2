import Factory
import Testing
import VC3Model
import VC3Monitoring

@testable import FactoryMonitors

@Suite struct GraphiteFiguresTests {
    private var figures = GraphiteFigures(prefix: "condor.factory", host: "f1.example.org")

    private mutating func lines(_ sets: [PilotSetReport], at seconds: Int64) -> [String] {
        figures.metrics(of: Reports.factory([Reports.site(sets)]), at: Timestamp(milliseconds: seconds * 1000 + 999))
            .map {
                String($0.line.dropLast())
            }
    }

    @Test mutating func namesAreThoseOfTheOriginalAndZerosAreTold() {
        let start = "condor.factory.f1_example_org"
        let told = lines([Reports.set(), Reports.set("b", queue: "run2.w.bo.beta", pending: 0, running: 0)], at: 100)
        #expect(
            told == [
                "\(start).idle.run1.workers.ana.alpha 2 100", "\(start).running.run1.workers.ana.alpha 3 100",
                "\(start).idle.run2.w.bo.beta 0 100", "\(start).running.run2.w.bo.beta 0 100",
            ])
    }

    @Test mutating func aQueueThatWentIsToldAsZeroForAWhile() {
        let start = "condor.factory.f1_example_org"
        _ = lines([Reports.set()], at: 100)
        let gone = ["\(start).idle.run1.workers.ana.alpha 0 160", "\(start).running.run1.workers.ana.alpha 0 160"]
        let told = [160, 100 + 900, 100 + 901, 160].map { lines([], at: $0) }
        #expect(told[0] == gone && told[1].count == 2)
        #expect(told[2] == [] && told[3] == [], "it is forgotten")
    }

    @Test mutating func oneQueueAtTwoSitesIsOneFigure() {
        let report = Reports.factory([Reports.site(), Reports.site()])
        let values = figures.metrics(of: report, at: Timestamp(milliseconds: 0)).map(\.value)
        #expect(values == [4, 6])
    }

    @Test(arguments: [(0, 60), (1, 60), (2, 120), (4, 480), (5, 600), (50, 600)])
    func pausesGrowWithFailures(failures: Int, seconds: Int) {
        #expect(GraphiteMonitor.pause(after: failures, interval: .seconds(60)) == .seconds(seconds))
        #expect(GraphiteMonitor.pause(after: failures, interval: .seconds(3600)) == .seconds(3600))
    }
}
