import Testing
import VC3Model

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.123Z", 123), ("2026-11-22T13:45:00Z", 1_795_355_100_000),
            ("2026-11-22T13:45:00.5Z", 1_795_355_100_500), ("2026-11-22T13:45:00", 1_795_355_100_000),
            ("2026-11-22T15:45:00+02:00", 1_795_355_100_000), ("2026-11-22T10:45:00-03:00", 1_795_355_100_000),
        ] as [(String, Int64)])
    func reads(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01T00:00:00Z", "2026-11-22", "13:45", "2026-02-29T00:00:00.000Z",
        "2026-11-22T24:00:00.000Z", "2026-11-22T13:45:00.12aZ",
    ])
    func refuses(text: String) { #expect(Timestamp(text) == nil) }

    @Test(
        arguments: [
            0, 1, 999, 1_795_355_100_123, -1, 951_782_400_000, 951_868_799_999, 4_107_542_399_999, -62_135_596_800_000,
        ] as [Int64])
    func aRoundTripChangesNothing(milliseconds: Int64) {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(Timestamp(moment.description) == moment)
        #expect(moment.description.hasSuffix("Z"))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_355_100_123, "2026-11-22T13:45:00.123Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func writes(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test func differencesAreDurations() {
        let start = Timestamp(milliseconds: 1000)
        #expect(start + .seconds(2) - start == .seconds(2))
        #expect(Duration.milliseconds(1500).inSeconds == 1.5)
    }
}
