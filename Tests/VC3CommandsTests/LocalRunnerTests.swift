import Foundation
import Testing
import VC3Commands

@Suite struct LocalRunnerTests {
    @Test func keepsWhatEveryRunnerOwes() async throws {
        try await withScratchFolder { try await CommandRunnerConformance.check(LocalRunner(), folder: $0) }
    }

    @Test func aSignalIsNamed() async throws {
        #expect(try await LocalRunner().run(.shell("kill -9 $$")).status == .signaled(9))
    }

    @Test func moreOutputThanTheLimitIsAnError() async throws {
        let failure = try await error { _ = try await LocalRunner(outputLimit: 1000).run(.shell("yes | head -c 2000")) }
        #expect(failure.reason == .outputTooLarge && failure.outcomeUnknown)
        #expect(try await LocalRunner(outputLimit: 1000).run(.shell("yes | head -c 1000")).output.count == 1000)
    }

    @Test(arguments: [true, false]) func nothingIsLeftWhenACommandIsGivenUp(byTimeout: Bool) async throws {
        let mark = "60.\(UInt32.random(in: 0...UInt32.max))"
        let command = Command.shell(
            "trap '' TERM; sleep \(mark) & sleep \(mark); true", timeout: byTimeout ? .milliseconds(300) : .seconds(60))
        let failure = try await withThrowingTaskGroup(of: CommandError.self) { group in
            group.addTask { try await error { _ = try await LocalRunner().run(command) } }
            try await eventually("the children run") { try processes(with: "sleep \(mark)").count > 1 || byTimeout }
            if !byTimeout { group.cancelAll() }
            return try #require(try await group.next())
        }
        #expect(failure.reason == (byTimeout ? .timedOut : .cancelled))
        #expect(failure.outcomeUnknown)
        try await eventually("no child is left") { try processes(with: "sleep \(mark)").isEmpty }
    }

    @Test func aCancelledTaskStartsNothing() async throws {
        let failure = await withTaskGroup(of: CommandError?.self) { group in
            group.cancelAll()
            group.addTask { try? await error { _ = try await LocalRunner().run(Command(["true"])) } }
            return await group.next() ?? nil
        }
        #expect(failure?.reason == .cancelled && failure?.outcomeUnknown == false)
    }

    /// swift-subprocess has stopped whole programs over descriptors that a cancelled or unread child left open.
    @Test(arguments: [
        "true", "cat >/dev/null; echo x", "sleep 0.01; head -c 9", "yes | head -c 100000", "exec sleep 9",
    ])
    func manyCommandsGivenUpAtAnyTimeHarmNobody(script: String) async {
        for round in 0..<60 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let input = Array(repeating: UInt8(65), count: round.isMultiple(of: 2) ? 200_000 : 0)
                        _ = try? await LocalRunner(outputLimit: 50_000).run(.shell(script, input: input))
                    }
                }
                try? await Task.sleep(for: .microseconds(round * 250))
                group.cancelAll()
            }
        }
    }
}
