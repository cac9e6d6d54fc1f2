import Enrolling
import Foundation
import Testing

/// When a certificate is renewed, as a table.
struct RenewalScheduleTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func schedule(life: TimeInterval, jitter: Double = 0) -> RenewalSchedule {
        RenewalSchedule(notBefore: start, notAfter: start.addingTimeInterval(life), jitter: jitter)
    }

    @Test(
        arguments: [
            (300, 0, 200), (300, 1, 215), (86_400 * 375, 0, 86_400 * 250), (300, -5, 200), (300, 7, 215),
        ] as [(Double, Double, Double)])
    func itIsDueAtTwoThirdsOfItsLifeAndALittleMore(life: Double, jitter: Double, due: Double) {
        let moment = schedule(life: life, jitter: jitter).due.timeIntervalSince(start)
        #expect(abs(moment - due) < 0.001)
    }

    @Test func withoutFailuresTheNextTryIsWhenItIsDue() {
        let schedule = schedule(life: 300)
        #expect(schedule.nextTry(afterFailures: 0, last: .distantPast) == schedule.due)
    }

    @Test(arguments: [(1, 5), (2, 10), (3, 20), (8, 600), (100, 600)] as [(Int, Double)])
    func pausesGrowUpToTenMinutes(failures: Int, pause: Double) {
        let schedule = schedule(life: 86_400 * 30, jitter: 1)
        let last = start.addingTimeInterval(86_400 * 20)
        #expect(abs(schedule.nextTry(afterFailures: failures, last: last).timeIntervalSince(last) - pause) < 0.001)
        let sooner = self.schedule(life: 86_400 * 30, jitter: 0)
        #expect(abs(sooner.nextTry(afterFailures: failures, last: last).timeIntervalSince(last) - pause * 0.75) < 0.001)
    }

    /// However often it fails, tries are left until the end; and behind the end they go on.
    @Test(arguments: [120, 3600, 32_400_000] as [Double]) func thereAreManyTriesBeforeTheEnd(life: Double) {
        let schedule = schedule(life: life, jitter: 0.5)
        var (moment, tries) = (schedule.due, 0)
        while moment < schedule.notAfter {
            tries += 1
            let next = schedule.nextTry(afterFailures: tries, last: moment)
            #expect(next > moment)
            moment = next
        }
        #expect(tries >= 12 && schedule.isOver(at: moment))
        let next = schedule.nextTry(afterFailures: tries, last: moment)
        #expect(next.timeIntervalSince(moment) >= 0.75 && next.timeIntervalSince(moment) <= 600)
    }
}
