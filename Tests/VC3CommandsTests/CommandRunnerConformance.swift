import Foundation
import Testing
import VC3Commands

/// What every runner owes, whatever place it runs commands in.
enum CommandRunnerConformance {
    static func check(_ runner: any CommandRunner, folder: String) async throws {
        try await exitCodesPass(runner)
        try await argumentsArriveByteForByte(runner)
        try await inputOutputAndSettingsArrive(runner, folder: folder)
        try await failuresAreTold(runner)
    }

    private static func exitCodesPass(_ runner: any CommandRunner) async throws {
        for code: Int32 in [0, 1, 2, 7, 126, 127, 128, 130, 254, 255] {
            let result = try await runner.run(.shell("echo out; echo err >&2; exit \(code)"))
            #expect(result.status == .exited(code))
            #expect(result.output == "out\n")
            #expect(result.errorOutput == "err\n")
            #expect(result.succeeded == (code == 0))
        }
        let silent = try await runner.run(Command(["true"]))
        #expect(silent.output.isEmpty && silent.errorOutput.isEmpty)
        let unended = try await runner.run(.shell("printf out; printf err >&2"))
        #expect(unended.output == "out" && unended.errorOutput == "err")
    }

    private static func argumentsArriveByteForByte(_ runner: any CommandRunner) async throws {
        var random = SystemRandomNumberGenerator()
        let odd = Array("'\"\\!$`*?[]{}()<>|&;~#%^= \t\n\r\u{1}\u{7F}\u{1B}äß€🐟\u{FFFD}-a0").map(String.init)
        for round in 0..<25 {
            let words = (0..<5).map { _ in
                (0..<Int.random(in: 0...40, using: &random)).map { _ in odd.randomElement(using: &random) ?? "" }
                    .joined()
            }
            // od is the judge: what arrives is compared as bytes, never as text.
            let script = #"for a; do printf %s "$a" | od -An -v -tx1 | tr -d ' \n'; echo; done"#
            let result = try await runner.run(Command(["/bin/sh", "-c", script, "sh"] + words))
            let expected = words.map { $0.utf8.map { String(format: "%02x", $0) }.joined() + "\n" }.joined()
            #expect(result.output == expected, "round \(round): \(words)")
        }
    }

    private static func inputOutputAndSettingsArrive(_ runner: any CommandRunner, folder: String) async throws {
        let input = Array(
            repeatElement((0..<5003).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }, count: 1000).joined())
        let sum = try await runner.run(Command(["cksum"], input: input))
        let reference = try await LocalRunner().run(Command(["cksum"], input: input))
        #expect(sum.output == reference.output)
        let large = try await runner.run(Command(["cat"], input: Array(repeating: 65, count: 3_000_000)))
        #expect(large.output.utf8.count == 3_000_000)
        let unread = try await runner.run(Command(["true"], input: input))
        #expect(unread.succeeded)
        let none = try await runner.run(Command(["cat"]))
        #expect(none.output.isEmpty)

        let place = "\(folder)/a place 'with' $signs"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let set = try await runner.run(
            Command(
                ["/bin/sh", "-c", #"pwd; printf %s "$VC3_A-$VC3_B""#],
                environment: ["VC3_A": "it's $HOME", "VC3_B": "\n\\x"],
                workingDirectory: place))
        #expect(set.output == "\(place)\nit's $HOME-\n\\x")
    }

    private static func failuresAreTold(_ runner: any CommandRunner) async throws {
        let program = try await error { _ = try await runner.run(Command(["no-such-program-anywhere"])) }
        #expect(program.reason == .notFound && !program.outcomeUnknown)
        #expect(program.message.contains("no-such-program-anywhere"))
        let folder = try await error { _ = try await runner.run(Command(["pwd"], workingDirectory: "/no/such/folder")) }
        #expect(folder.reason == .notFound && !folder.outcomeUnknown)
        #expect(folder.message.contains("/no/such/folder"))
        let empty = try await error { _ = try await runner.run(Command([])) }
        #expect(empty.reason == .notFound)
        let slow = try await error {
            _ = try await runner.run(Command(["sleep", "60.125"], timeout: .milliseconds(300)))
        }
        #expect(slow.reason == .timedOut && slow.outcomeUnknown)
        let long = try await error {
            _ = try await runner.run(Command(["true", String(repeating: "x", count: 200_000)]))
        }
        #expect(long.reason == .commandTooLong && !long.outcomeUnknown)
    }
}
