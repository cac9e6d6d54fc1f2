import InfoserviceAPI
import Testing
import VC3Model

@testable import ClientCommands

@Suite(.timeLimit(.minutes(5))) struct WaitingTests {
    private static let since = Timestamp(milliseconds: CommandLineBench.now.milliseconds - 90_000)

    private static func conditions(_ conditions: Condition...) throws -> JSONValue {
        try JSONValue(encoding: conditions)
    }

    /// Runs the command, and the changes in turn once it watches; each change is one write.
    private func run(
        _ line: String, on bench: CommandLineBench,
        while changes: [@Sendable (InMemoryInfoservice) async throws -> Void]
    ) async throws -> CommandLineBench.Outcome {
        async let outcome = bench.run(line)
        await bench.infoservice.watchBegan()
        for change in changes { try await change(bench.infoservice) }
        return await outcome
    }

    @Test func validatingWaitsForTheLoginThatWasAskedFor() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        // An earlier validation succeeded; that is no answer to this one.
        try await bench.infoservice.setStatus(.allocation, "ana.midway", ["state": "ready"])
        let outcome = try await run(
            "allocation-validate --allocationname ana.midway --wait", on: bench,
            while: [
                {
                    try await $0.setStatus(.allocation, "ana.midway", ["state": "configured", "state_reason": "waits"])
                },
                { try await $0.setStatus(.allocation, "ana.midway", ["state": "ready", "validate_observed": 1]) },
            ])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.notes == "[0s] waiting for the login")
    }

    @Test func aRefusedLoginExitsWithOneAndSaysWhoCanMendIt() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let refused = Condition(
            type: "Validated", status: .no, reason: "AuthenticationRefused",
            message: "login refused the key of alima", since: Self.since, mender: .user)
        let outcome = try await run(
            "allocation-validate --allocationname ana.midway --wait", on: bench,
            while: [
                {
                    try await $0.setStatus(
                        .allocation, "ana.midway",
                        [
                            "state": "validation_failure", "validate_observed": 1,
                            "conditions": try Self.conditions(refused),
                        ])
                }
            ])
        #expect(outcome.exitCode == 1)
        #expect(
            outcome.output
                == "Error: allocation ana.midway could not be validated: login refused the key of alima\n"
                + "  next: you can mend this")
    }

    @Test func aSiteThatIsRetriedIsWaitedFor() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let unreachable = Condition(
            type: "Validated", status: .no, reason: "Unreachable", message: "login does not answer",
            since: Self.since, retryAt: CommandLineBench.now + .seconds(20), mender: .nobody)
        let outcome = try await run(
            "allocation-validate --allocationname ana.midway --wait", on: bench,
            while: [
                {
                    try await $0.setStatus(
                        .allocation, "ana.midway",
                        [
                            "state": "validation_failure", "conditions": try Self.conditions(unreachable),
                        ])
                },
                {
                    try await $0.setStatus(
                        .allocation, "ana.midway", ["state": "ready", "validate_observed": 1, "conditions": []])
                },
            ])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.notes.hasSuffix("login does not answer"))
    }

    @Test func aRotationTellsWhatIsInTheWayAndThenWhatItCameTo() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        func condition(_ status: Condition.State, _ reason: String, _ message: String) -> Condition {
            Condition(
                type: "KeyRotated", status: status, reason: reason, message: message, since: Self.since,
                mender: status == .no ? .user : nil)
        }
        let byHand = try Self.conditions(condition(.no, "InstallByHand", "append this line: ssh-ed25519 AAAA"))
        let rotated = try Self.conditions(condition(.yes, "Rotated", "the new key is SHA256:x"))
        let outcome = try await run(
            "allocation-rotate-key ana.midway --wait", on: bench,
            while: [
                { try await $0.setStatus(.allocation, "ana.midway", ["conditions": byHand]) },
                { try await $0.setStatus(.allocation, "ana.midway", ["rotate_observed": 1, "conditions": rotated]) },
            ])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.notes.contains("append this line: ssh-ed25519 AAAA; you can mend this"))
        #expect(outcome.output == "the new key is SHA256:x")
    }

    @Test func thePublicKeyCanBeWaitedFor() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = try await run(
            "allocation-getpubtoken --allocationname ana.midway --wait", on: bench,
            while: [{ try await $0.setStatus(.allocation, "ana.midway", ["pubtoken": "c3NoLWtleSBBQUFB"]) }])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output == "ssh-key AAAA")
    }

    @Test func waitingForARequestTellsEachStepOnce() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let joined = Condition(
            type: RequestLifeCycle.workersJoined, status: .yes, reason: "AllJoined", message: "6 of 6 workers joined",
            since: Self.since)
        let outcome = try await run(
            "request-wait --requestname run1 --for joined", on: bench,
            while: [
                {
                    try await $0.setStatus(
                        .request, "run1", ["state": "running", "state_reason": "2 of 6 workers joined"])
                },
                { try await $0.setStatus(.request, "run1", ["workers_joined": 2]) },
                { await $0.cutWatches() },
                {
                    try await $0.setStatus(
                        .request, "run1", ["state": "running", "conditions": try Self.conditions(joined)])
                },
            ])
        #expect(outcome.exitCode == 0, "\(outcome)")
        let steps = outcome.notes.split(separator: "\n").filter { !$0.hasPrefix("lost the infoservice") }
        #expect(steps.prefix(2) == ["[0s] new", "[0s] running: 2 of 6 workers joined"])
        #expect(outcome.notes.contains("lost the infoservice (connection lost); trying again"))
    }

    @Test(arguments: ["failure", "terminating", "terminated"])
    func waitingForARequestThatEndsExitsWithOne(_ state: String) async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        try await bench.infoservice.setStatus(.request, "run1", ["state": .string(state), "state_reason": "so it is"])
        let outcome = await bench.run("request-wait --requestname run1 --for running")
        #expect(outcome.exitCode == 1)
        #expect(
            outcome.output == "Error: request run1 is \(state): so it is\n"
                + "  next: see vc3-client request-explain --requestname run1")
    }

    @Test func aRequestThatIsGoneHasTerminated() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = try await run(
            "request-wait --requestname run1 --for terminated", on: bench,
            while: [{ try await $0.finalize(.request, "run1") }])
        #expect(outcome.exitCode == 0, "\(outcome)")
    }

    @Test func everyWaitIsBounded() async {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = await bench.run(
            "request-wait --requestname run1 --for running --timeout 90s", isTimeShort: true)
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.hasPrefix("Error: gave up after 1m30s waiting for request run1 to be running"))
    }

    @Test func deletingWithTheClusterWaitsThenTakesTheTemplate() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = try await run(
            "request-delete run1 --with-cluster", on: bench, while: [{ try await $0.finalize(.request, "run1") }])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(
            await bench.infoservice.writes.suffix(3)
                == ["delete request run1", "delete cluster pool", "delete nodeset workers"])
    }

    @Test func deletingWithTheClusterKeepsWhatOthersUse() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        await bench.run("cluster-create other --nodesets workers")
        let outcome = try await run(
            "request-delete run1 --with-cluster", on: bench, while: [{ try await $0.finalize(.request, "run1") }])
        #expect(outcome.exitCode == 0)
        #expect(outcome.notes.hasSuffix("note: nodeset workers is kept; another cluster uses it"))
        #expect(try await bench.infoservice.record(.nodeset, "workers").name == "workers")
    }
}
