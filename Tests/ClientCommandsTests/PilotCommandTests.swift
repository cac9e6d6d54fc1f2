import InfoserviceAPI
import Testing
import VC3Model

@testable import ClientCommands

@Suite struct PilotCommandTests {
    /// Three pilots: one that has joined, one that waits, one that failed.
    private static func bench() async throws -> CommandLineBench {
        let bench = CommandLineBench()
        let now = CommandLineBench.now
        func ago(_ seconds: Int) -> JSONValue { .string("\(now + .seconds(-seconds))") }
        let pilots: [(String, String, String, JSONValue)] = [
            (
                "aaa", "run1", "ana.alpha",
                [
                    "state": "joined", "job": "7", "host": "n1",
                    "timeline": [
                        "wanted": ago(100), "intended": ago(99), "submitted": ago(98), "started": ago(90),
                        "joined": ago(80),
                    ],
                ]
            ),
            ("bbb", "run2", "ana.beta", ["state": "queued", "timeline": ["intended": ago(20), "queued": ago(19)]]),
            (
                "ccc", "run1", "ana.beta",
                [
                    "state": "ended", "end": "failed", "cause": "not-joined", "exit_code": 12, "host": "n2",
                    "state_reason": "could not join", "last_lines": ["first", "last"],
                    "timeline": ["intended": ago(50), "ended": ago(5)],
                ]
            ),
        ]
        for (name, request, allocation, status) in pilots {
            let spec = Pilot.Spec(pilotset: "s", request: request, allocation: allocation, resource: "site")
            _ = try await bench.infoservice.create(
                EntityDraft(kind: .pilot, name: name, spec: JSONValue(encoding: spec)))
            try await bench.infoservice.setStatus(.pilot, name, status)
        }
        return bench
    }

    @Test(arguments: [
        ("pilot-list", ["bbb", "ccc", "aaa"]), ("pilot-list --requestname run1", ["ccc", "aaa"]),
        ("pilot-list --allocation ana.beta", ["bbb", "ccc"]), ("pilot-list --state alive", ["bbb", "aaa"]),
        ("pilot-list --state ended", ["ccc"]), ("pilot-list --state ended --requestname run2", []),
    ])
    func pilotsAreChosenAndTheNewestComeFirst(_ line: String, _ names: [String]) async throws {
        let outcome = try await Self.bench().run(line)
        #expect(outcome.exitCode == 0)
        let lines = outcome.output.split(separator: "\n").dropFirst()
        #expect(lines.map { String($0.prefix(3)) } == names)
    }

    @Test func theTableFitsAndSaysHowPilotsEnded() async throws {
        let outcome = try await Self.bench().run("pilot-list", width: 80)
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(outcome.output.contains("failed  ") && outcome.output.contains("joined  "))
        #expect(try await Self.bench().run("pilot-list --state ended --output json").output.contains("\"not-joined\""))
        #expect(try await Self.bench().run("pilot-list --state gone").exitCode == 2)
    }

    @Test func aPilotsLifeIsTold() async throws {
        let failed = try await Self.bench().run("pilot-show ccc")
        #expect(failed.exitCode == 0)
        for text in [
            "pilot ccc: failed: could not join", "of request run1, on allocation ana.beta at site", "host n2",
            "cause: not-joined, exit code 12", "| first", "| last", "+45s",
        ] { #expect(failed.output.contains(text), "\(failed.output)") }
        let alive = try await Self.bench().run("pilot-show aaa")
        #expect(alive.output.contains("since 1m") && !alive.output.contains("cause"))
        #expect(try await Self.bench().run("pilot-show aab").exitCode == 3)
    }

    @Test func outputIsAskedForPrintedAndTakenAway() async throws {
        let bench = try await Self.bench()
        async let _ = Self.answerAll(bench, ["state": "answered", "text": "line one\nline two"])
        let outcome = await bench.run("pilot-log aaa --lines 2")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == "line one\nline two\n" || outcome.output == "line one\nline two")
        let left = try await bench.infoservice.records(.pilotlog, matching: EntityFilter(), page: ListPage())
        #expect(left.items.isEmpty)
    }

    @Test func aSiteThatCannotBeAskedIsAnErrorWithItsReason() async throws {
        let bench = try await Self.bench()
        async let _ = Self.answerAll(bench, ["state": "failed", "state_reason": "no answer from n1"])
        let outcome = await bench.run("pilot-log aaa")
        #expect(outcome.exitCode == 1 && outcome.output.contains("no answer from n1"))
        #expect(try await Self.bench().run("pilot-log nobody").exitCode == 3)
        let silent = try await Self.bench().run("pilot-log aaa --timeout 11s", isTimeShort: true)
        #expect(silent.exitCode == 1 && silent.output.contains("gave up after 11s"))
    }

    @Test func aPilotIsRevokedByItsRequestAndOldOnesAreForgotten() async throws {
        let bench = try await Self.bench()
        let request = try JSONValue(encoding: Request.Spec(project: "p", cluster: "c", revokedpilots: ["old", "new"]))
        _ = try await bench.infoservice.create(EntityDraft(kind: .request, name: "run1", spec: request))
        let head = RequestLifeCycle.headNodeName(of: "run1")
        let nodeset = try JSONValue(encoding: Nodeset.Spec(app_type: "htcondor", app_role: "head-node"))
        _ = try await bench.infoservice.create(EntityDraft(kind: .nodeset, name: head, spec: nodeset))
        let now = CommandLineBench.now
        let since: JSONValue = [
            "old": .string("\(now + .seconds(-90_000))"), "new": .string("\(now + .seconds(-9))"),
        ]
        try await bench.infoservice.setStatus(.nodeset, head, ["revoked": since])
        let silent = await bench.run("pilot-revoke aaa --timeout 11s", isTimeShort: true)
        #expect(silent.exitCode == 1 && silent.output.contains("gave up after 11s"))
        let asked = try await bench.infoservice.entity(Request.self, "run1").spec.revokedpilots
        #expect(asked == ["new", "aaa"])
        try await bench.infoservice.setStatus(.nodeset, head, ["revoked": ["aaa": .string("\(now)")]])
        let outcome = await bench.run("pilot-revoke aaa")
        #expect(outcome.exitCode == 0 && outcome.output.contains("refuses pilot aaa"))
        #expect(try await bench.infoservice.entity(Request.self, "run1").spec.revokedpilots == ["new", "aaa"])
        #expect(await bench.run("pilot-revoke nobody").exitCode != 0)
    }

    /// What the Factory does.
    private static func answerAll(_ bench: CommandLineBench, _ status: JSONValue) async throws {
        for try await event in try await bench.infoservice.watch([.pilotlog], after: .zero) {
            guard case .changed(let record) = event, record.status["state"] == "new" else { continue }
            try await bench.infoservice.setStatus(.pilotlog, record.name, status)
        }
    }
}
