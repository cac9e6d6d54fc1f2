import Foundation
import Testing
import VC3Certificates

@Suite struct CivilTimeTests {
    @Test func agreesWithTheCalendarOfFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var generator = SystemRandomNumberGenerator()
        let special = [0.0, -1, 951_782_399, 951_782_400, 4_107_542_400, 2_524_607_999, 2_524_608_000]
        let random = (0..<2000).map { _ in Double(Int.random(in: -10_000_000_000...100_000_000_000, using: &generator))
        }
        for seconds in special + random {
            let date = Date(timeIntervalSince1970: seconds)
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
            let time = CivilTime(date)
            #expect(
                [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second]
                    == [time.year, time.month, time.day, time.hour, time.minute, time.second], "\(seconds)")
            #expect(time.date == date, "\(seconds)")
        }
    }
}
