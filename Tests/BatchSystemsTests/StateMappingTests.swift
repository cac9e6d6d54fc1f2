import Testing

@testable import BatchSystems

/// What a meaning makes of what the program knows by itself: the finer word stays where both agree.
@Suite struct StateMappingTests {
    @Test(arguments: [
        (
            StateMapping.Meaning.pending,
            [JobState.pending: JobState.pending, .held: .held, .running: .pending, .unknown: .pending]
        ),
        (
            .running,
            [.running: .running, .finishing: .finishing, .held: .running, .pending: .running, .unknown: .running]
        ),
        (
            .done,
            [
                .done: .done, .failed: .failed, .cancelled: .cancelled, .vanished: .vanished, .held: .vanished,
                .running: .vanished, .unknown: .vanished,
            ]
        ),
        (.held, [.pending: .held, .running: .held, .unknown: .held]),
    ])
    func aMeaningIsCoarserThanAState(meaning: StateMapping.Meaning, becomes: [JobState: JobState]) {
        let mapping = StateMapping(["X": meaning])
        for (before, after) in becomes {
            let report = JobReport(
                tag: "vc3-a", job: JobID(rawValue: "1"), state: before, nativeState: "X", exitCode: 3)
            #expect(mapping.applied(report).state == after)
            #expect(mapping.applied(report).exitCode == 3)
            var other = report
            other.nativeState = "Y"
            #expect(mapping.applied(other) == other)
        }
    }
}
