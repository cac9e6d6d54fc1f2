import Foundation
import HTCondorPool
import Testing

/// Head node, token, pilot script and `vc3-glidein` against a real HTCondor. Needs `VC3_CONDOR_PREFIX`, an unpacked
/// HTCondor, and `VC3_WORKER_BUNDLE`.
@Suite(.serialized, .enabled(if: RealPool.isAvailable, "VC3_CONDOR_PREFIX and VC3_WORKER_BUNDLE are not set"))
struct RealPoolTests {
    @Test(.timeLimit(.minutes(2)))
    func aPilotJoinsRunsAJobAndEndsWhenIdle() throws {
        try RealPool.with("one") { pool in
            // As at a site that runs HTCondor itself: none of this may reach the pilot's daemons.
            let site = [
                "_CONDOR_START=False", "_CONDOR_SLOT=slot9", "_CONDOR_SCRATCH_DIR=/tmp", "_CONDOR_STARTD_NAME=x",
            ]
            let pilot = try pool.start("p1", token: pool.token(), linger: 8, environment: site)
            #expect(pool.waits(20) { pool.slots == ["slot1@p1@vc3"] }, "\(pilot.output)")
            #expect(pool.waits(5) { pilot.report.contains(#""phase":"joined""#) }, "\(pilot.report)")
            #expect(pool.tool("condor_status", "-af", "VC3_Request", "Cpus", "Memory") == "it's \"q\" $(X) 1 64\n")
            try pool.submit("echo \"$(id -un) $HOME\"; [ \"$HOME\" = \"$_CONDOR_SCRATCH_DIR\" ]", name: "job")
            #expect(pool.waits(30) { pool.text("job.log").contains("terminated") }, "\(pool.text("job.log"))")
            #expect(pool.text("job.log").contains("return value 0"))
            #expect(pilot.process.wait() == 0, "\(pilot.output)")
            #expect(pilot.report.contains(#""reason":"idle""#), "\(pilot.report)")
            #expect(pilot.leftovers.isEmpty)
            #expect(pool.waits(5) { pool.slots.isEmpty })
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func aSignalEndsThePilotAtOnceAndItsJobGoesBackToTheQueue() throws {
        try RealPool.with("two") { pool in
            let pilot = try pool.start("p1", token: pool.token())
            try pool.submit("trap '' TERM; setsid sleep 777.25 & sleep 777.25", name: "job")
            #expect(pool.waits(30) { pool.text("job.log").contains("executing on") }, "\(pilot.output)")
            #expect(pilot.end(SIGTERM) == 143, "\(pilot.output)")
            #expect(pool.waits(5) { pool.text("job.log").contains("evicted") && pool.slots.isEmpty })
            #expect(pool.tool("condor_q", "-af", "JobStatus") == "1\n")
            #expect(pilot.leftovers.isEmpty)
            #expect(running("sleep\u{0}777.25").isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func aPilotWhoseMasterIsKilledWithdrawsItsSlot() throws {
        try RealPool.with("three") { pool in
            let pilot = try pool.start("p1", token: pool.token())
            #expect(pool.waits(20) { pilot.report.contains("joined") && !pool.slots.isEmpty }, "\(pilot.output)")
            kill(try #require(pilot.master), SIGKILL)
            #expect(pilot.process.wait() == 13)
            #expect(pilot.report.contains(#""reason":"daemon-died""#))
            #expect(pilot.leftovers.isEmpty)
            #expect(pool.waits(5) { pool.slots.isEmpty })
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func tokensThatAreNotForThisPoolNowAreRefused() throws {
        try RealPool.with("four") { pool in
            let read = PilotToken.Scope(rawValue: "condor:/READ")
            for (name, token) in [
                ("expired", try pool.token(age: 700)), ("other-key", try pool.token(key: .random())),
                ("other-scope", try pool.token(scopes: [read])),
                ("master-only", try pool.token(scopes: [.advertiseMaster])),
            ] {
                let pilot = try pool.start(name, token: token, joinTimeout: .seconds(30))
                #expect(pilot.process.wait() == 12, "\(name): \(pilot.output)")
                #expect(pilot.report.contains(#""reason":"not-joined""#), "\(name): \(pilot.report)")
                #expect(pilot.leftovers.isEmpty)
            }
            #expect(pool.slots.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func poolsOnOneMachineKeepApart() throws {
        try RealPool.with("left") { left in
            try RealPool.with("right") { right in
                let own = try left.start("own", token: left.token())
                let stray = try left.start("stray", token: left.token(), collector: right.configuration.collector)
                #expect(stray.process.wait() == 12, "\(stray.output)")
                #expect(left.waits(20) { left.slots == ["slot1@own@vc3"] }, "\(own.output)")
                #expect(right.slots.isEmpty)
                #expect(own.end(SIGTERM) == 143)
            }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func theOwnerCanDrainAPilot() throws {
        try RealPool.with("five") { pool in
            let pilot = try pool.start("p1", token: pool.token())
            try pool.submit("sleep 3", name: "job")
            #expect(pool.waits(30) { pool.text("job.log").contains("executing on") }, "\(pilot.output)")
            pool.tool("condor_drain", "-graceful", "-exit-on-completion", "slot1@p1@vc3")
            #expect(pilot.process.wait() == 0, "\(pilot.output)")
            #expect(pilot.report.contains(#""reason":"stopped-by-head""#), "\(pilot.report)")
            #expect(pool.text("job.log").contains("return value 0"))
        }
    }

    private func running(_ command: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { name in
            pid_t(name) != nil
                && FileManager.default.contents(atPath: "/proc/\(name)/cmdline").map {
                    String(decoding: $0, as: UTF8.self).hasPrefix(command)
                } == true
        }
    }
}
