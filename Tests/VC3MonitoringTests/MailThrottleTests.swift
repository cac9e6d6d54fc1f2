import Foundation
import Testing

@testable import VC3Monitoring

@Suite struct MailThrottleTests {
    /// Seconds at which the same mail is due: was it sent, and may it be attempted?
    @Test func whatWasSentIsNotSentAgainForAWhileAndWhatMayNotHaveBeenIsTriedSooner() throws {
        var throttle = MailThrottle()
        func begins(_ seconds: Int64) -> Bool {
            throttle.begins("k", at: seconds * 1000, interval: .seconds(3600), retry: .seconds(600))
        }
        #expect(begins(0))
        #expect(!begins(599), "its outcome is not known")
        #expect(begins(600))
        throttle.sent("k", at: 601_000)
        #expect(!begins(1300) && !begins(4200))
        #expect(begins(4201))
    }

    @Test func anotherCauseIsAnotherMail() {
        var throttle = MailThrottle()
        let isFirst = throttle.begins("a", at: 0, interval: .seconds(10), retry: .seconds(1))
        throttle.sent("a", at: 0)
        let isSecond = throttle.begins("b", at: 1, interval: .seconds(10), retry: .seconds(1))
        #expect(isFirst && isSecond)
    }

    @Test func aClockThatWasSetBackFarHoldsNothingBack() {
        var throttle = MailThrottle()
        _ = throttle.begins("a", at: 1_000_000_000, interval: .seconds(10), retry: .seconds(1))
        throttle.sent("a", at: 1_000_000_000)
        let isDue = throttle.begins("a", at: 1000, interval: .seconds(10), retry: .seconds(1))
        #expect(isDue)
    }

    @Test func itGoesThroughAFile() throws {
        var throttle = MailThrottle()
        _ = throttle.begins("a", at: 1, interval: .seconds(10), retry: .seconds(1))
        throttle.sent("a", at: 2)
        #expect(try JSONDecoder().decode(MailThrottle.self, from: JSONEncoder().encode(throttle)) == throttle)
    }
}
