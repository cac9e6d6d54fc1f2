import Foundation
import Testing

@testable import VC3Commands

@Suite struct StandingRequestTests {
    static let shells = ["/bin/sh", "/bin/bash", "/bin/dash", "/bin/ksh", "/bin/busybox"]
        .filter { FileManager.default.isExecutableFile(atPath: $0) }

    private func answer(_ shell: String, to input: [UInt8]) async throws -> CommandResult {
        let program = shell.hasSuffix("busybox") ? [shell, "sh"] : [shell]
        return try await LocalRunner().run(
            Command(program + ["-c", StandingRequest.shell], input: input, timeout: .seconds(30)))
    }

    /// Whatever a lost connection cuts off: a script runs wholly or not at all.
    @Test(arguments: shells) func aScriptCutShortDoesNotRun(shell: String) async throws {
        let request = StandingRequest(
            script: "echo ran\nif true; then { echo ran; }\nfi\nexit 0", input: [], timeout: .seconds(1), outputLimit: 0
        )
        let whole = try await answer(shell, to: request.head)
        #expect(whole.output.components(separatedBy: "ran\n").count == 3)
        for length in 0..<request.head.count {
            let cut = try await answer(shell, to: Array(request.head.prefix(length)))
            #expect(!cut.output.contains("ran"), "\(length) of \(request.head.count) bytes")
        }
    }

    @Test(arguments: shells) func requestsDoNotMixWhateverTheyLeaveUnread(shell: String) async throws {
        var input: [UInt8] = []
        var expected = ""
        for (number, size) in [0, 1, 5, 70_000, 200_000].enumerated() {
            let request = StandingRequest(
                script: "head -c 4 | wc -c; exit \(number)", input: Array(repeating: 10, count: size),
                timeout: .seconds(1), outputLimit: 0)
            input += request.head + request.input
            expected += "\(min(4, size))\n" + String(decoding: request.over, as: UTF8.self)
        }
        let result = try await answer(shell, to: input)
        #expect(result.output.filter { $0 != " " } == expected.filter { $0 != " " })
        #expect(result.succeeded)
    }

    @Test func theEndIsFoundHoweverItComes() {
        let request = StandingRequest(script: ":", input: [], timeout: .seconds(1), outputLimit: 100)
        let text = Array("\nno end\n".utf8) + request.over + Array("late".utf8)
        for size in 1...text.count {
            var answer = StandingAnswer(to: request)
            for start in stride(from: 0, to: text.count, by: size) {
                answer.take(Array(text[start..<min(start + size, text.count)]), on: .output)
            }
            #expect(!answer.isWhole)
            answer.take(request.over, on: .errorOutput)
            #expect(answer.whole?.output == Array("\nno end\n".utf8) && answer.whole?.errorOutput == [])
        }
    }
}
