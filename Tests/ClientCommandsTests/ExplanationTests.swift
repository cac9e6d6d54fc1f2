import InfoserviceAPI
import Testing
import VC3Model

@testable import ClientCommands

@Suite struct ExplanationTests {
    /// Request `run1`, running, with worker sets at three sites: one complete, one waiting, one cut off.
    private static func bench() async throws -> CommandLineBench {
        let bench = CommandLineBench()
        await bench.prepare()
        let store = bench.infoservice
        let cutOff = Condition(
            type: "SiteReachable", status: .no, reason: "ConnectionRefused", message: "login3 refuses connections",
            since: Timestamp(milliseconds: CommandLineBench.now.milliseconds - 200_000),
            retryAt: CommandLineBench.now + .seconds(30), mender: .nobody)
        let sets: [(String, JSONValue)] = [
            ("alpha", ["running": 2, "done": 1]),
            ("beta", ["pending": 1, "running": 1, "explanation": ["2 wanted", "at most 1 pending at a time"]]),
            (
                "gamma",
                [
                    "conditions": try JSONValue(encoding: [cutOff]), "failed": 3,
                    "last_errors": ["sbatch: error: invalid account"],
                ]
            ),
        ]
        for (site, status) in sets {
            let place = PilotSite(
                resource: site, type: "batch", method: "ssh", flavor: "slurm", host: "login", account: "u")
            let spec = PilotSet.Spec(
                request: "run1", nodeset: "workers", allocation: "ana.\(site)", wanted: 2, cores: 2, memory_mb: 512,
                site: place)
            _ = try await store.create(PilotSet.self, "run1.workers.ana.\(site)", owner: nil, spec: spec)
            try await store.setStatus(.pilotset, "run1.workers.ana.\(site)", status.merging(patch: ["factory": "f1"]))
        }
        _ = try await store.create(
            EntityDraft(
                kind: .nodeset, name: "headnode-for-run1", spec: ["app_type": "htcondor", "app_role": "head-node"]))
        try await store.setStatus(.nodeset, "headnode-for-run1", ["state": "running", "app_host": "10.0.0.1"])
        try await store.setStatus(
            .request, "run1",
            [
                "state": "running", "state_reason": "3 of 6 workers joined", "headnode": "headnode-for-run1",
                "workers_joined": 3,
            ])
        return bench
    }

    @Test func everyMissingWorkerIsExplained() async throws {
        let outcome = await (try Self.bench()).run("request-explain --requestname run1")
        #expect(outcome.exitCode == 0)
        #expect(
            outcome.output == """
                request run1: running: 3 of 6 workers joined
                  workers joined: 3 of 6
                head node headnode-for-run1: running at 10.0.0.1
                worker set workers on ana.alpha: 2 wanted, 2 running
                  so far: 1 ended normally
                worker set workers on ana.beta: 2 wanted, 1 pending, 1 running
                  why: 2 wanted
                  why: at most 1 pending at a time
                worker set workers on ana.gamma: 2 wanted, none yet
                  so far: 3 failed
                  SiteReachable is false for 3m20s (ConnectionRefused): login3 refuses connections; \
                nobody needs to act, it is being retried; next try in 30s
                  error: sbatch: error: invalid account
                """)
    }

    @Test func theTableGivesOneReasonPerWorkerSet() async throws {
        let outcome = await (try Self.bench()).run("request-explain --requestname run1 --output table", width: 90)
        #expect(
            outcome.output == """
                NODESET  ALLOCATION  WANTED  RUNNING  PENDING  FAILED  WHY
                workers  ana.alpha   2       2        0        0       -
                workers  ana.beta    2       1        1        0       2 wanted
                workers  ana.gamma   2       0        0        3       login3 refuses connections
                """)
    }

    @Test func rawStatusHasTheOriginalsShape() async throws {
        let outcome = await (try Self.bench()).run("request-status --requestname run1 --raw")
        #expect(
            outcome.output.hasPrefix(
                "{'f1': {'workers': {'run1.workers.ana.alpha': {'aggregated': {'idle': 0, 'running': 2}, "))
    }

    @Test func queuesAreShownInTheOriginalsKeys() async throws {
        let bench = try await Self.bench()
        let queues = await bench.run("request-getconfstring --requestname run1 --conftype queues").output
        #expect(queues.hasPrefix("[run1.workers.ana.alpha]\nbatchsubmitplugin = CondorSSHRemoteManager\n"))
        #expect(queues.contains("batchsubmit.condorsshremotemanager.condor_attributes.request_memory = 512\n"))
        #expect(queues.contains("sched.keepnrunning.keep_running = 2\n\n[run1.workers.ana.beta]"))
        let auth = await bench.run("request-getconfstring --requestname run1 --conftype auth").output
        #expect(auth == "[ana.midway]\nplugin = SSH\nssh.type = None\nssh.publickey = None\n")
    }

    @Test(arguments: [("30s", 30), ("10m", 600), ("1d12h", 129_600), ("2h30m", 9000)])
    func spansOfTimeAreReadAndWritten(_ text: String, _ seconds: Int) {
        #expect(TimeSpan(argument: text)?.duration == .seconds(seconds))
        #expect(TimeSpan.text(.seconds(seconds)) == text)
    }

    @Test(arguments: ["", "5", "s", "1h1h", "-1s", "1.5h", "0s", "99999999999999999999d", "900000000000000d"])
    func otherSpansAreRefused(_ text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }
}
