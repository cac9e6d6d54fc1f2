import Foundation
import HTCondorPool
import Testing

/// Tokens that are renewed, end, or are taken back while pilots run, against a real HTCondor.
@Suite(.serialized, .enabled(if: RealPool.isAvailable, "VC3_CONDOR_PREFIX and VC3_WORKER_BUNDLE are not set"))
struct PilotTokenLifeTests {
    /// A collector that was restarted knows no session, so every pilot has to show a token again.
    @Test(.timeLimit(.minutes(8)))
    func onlyWhoeverHasAFreshTokenComesBackToACollectorThatWasRestarted() throws {
        try RealPool.with("renewal") { pool in
            let short = Duration.seconds(20)
            let renewed = try pool.start("renewed", token: pool.token(of: "renewed", lifetime: short))
            let left = try pool.start("left", token: pool.token(of: "left", lifetime: short))
            let both = ["slot1@left@vc3", "slot1@renewed@vc3"]
            #expect(pool.waits(60) { pool.slots.sorted() == both }, "\(renewed.output) \(left.output)")
            try pool.renew(renewed, with: pool.token(of: "renewed", lifetime: .seconds(600)))
            // Sessions outlive tokens: nothing happens when one ends.
            Thread.sleep(forTimeInterval: 21)
            #expect(pool.slots.sorted() == both)
            pool.tool("../sbin/condor_restart", "-fast", "-collector")
            #expect(pool.waits(180) { pool.slots == ["slot1@renewed@vc3"] }, "\(pool.slots)")
            try pool.submit("true", name: "job")
            #expect(pool.waits(60) { pool.text("job.log").contains("return value 0") }, "\(pool.text("job.log"))")
            #expect(pool.slots == ["slot1@renewed@vc3"])
            // One that ended is no reason to give up while the batch job lasts.
            #expect(left.process.isRunning)
            try pool.renew(left, with: pool.token(of: "left"))
            #expect(pool.waits(180) { pool.slots.sorted() == both }, "\(left.output)")
            for pilot in [renewed, left] { #expect(pilot.end(SIGTERM) == 143, "\(pilot.output)") }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func aPilotWhoseTokenEndedInTheQueueWaitsForAnother() throws {
        try RealPool.with("queue") { pool in
            let pilot = try pool.start("p1", token: pool.token(age: 700), joinTimeout: .seconds(100))
            #expect(pool.waits(30) { pilot.report.contains("started") }, "\(pilot.output)")
            try pool.renew(pilot, with: pool.token())
            #expect(pool.waits(60) { pool.slots == ["slot1@p1@vc3"] }, "\(pilot.output)")
            #expect(pilot.end(SIGTERM) == 143, "\(pilot.output)")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func aRefusedPilotIsOutAtOnceAStolenTokenIsOfNoUseAndOthersAreNotDisturbed() throws {
        try RealPool.with("refusal") { pool in
            let stolen = try pool.token(of: "p.1")
            let pilot = try pool.start("p.1", token: stolen)
            try pool.submit("sleep 600", name: "job")
            #expect(pool.waits(60) { pool.text("job.log").contains("executing on") }, "\(pilot.output)")
            let other = try pool.start("p.10", token: pool.token(of: "p.10"))
            #expect(pool.waits(60) { pool.slots.contains("slot1@p.10@vc3") }, "\(other.output)")
            let refused = RefusedPilots(["p.1", "bad name\""], in: pool.configuration.trustDomain)
            let script = refused.script(
                releaseDirectory: pool.configuration.releaseDirectory,
                localDirectory: pool.configuration.localDirectory)
            #expect(try pool.run(script) == 0, "\(pool.text("run.out"))")
            #expect(!pool.slots.contains { $0.hasSuffix("@p.1@vc3") }, "\(pool.slots)")
            // Its job runs elsewhere.
            #expect(pool.waits(60) { pool.tool("condor_q", "-af", "RemoteHost").contains("@p.10@") })
            let thief = try pool.start("thief", token: stolen, joinTimeout: .seconds(60))
            #expect(thief.process.wait() == 12, "\(thief.output)")
            #expect(!pool.slots.contains { $0.hasSuffix("@p.1@vc3") || $0.contains("thief") }, "\(pool.slots)")
            // Taken off the list it counts again: nothing else keeps it out.
            let none = RefusedPilots([String](), in: pool.configuration.trustDomain)
            #expect(
                try pool.run(
                    none.script(
                        releaseDirectory: pool.configuration.releaseDirectory,
                        localDirectory: pool.configuration.localDirectory)) == 0)
            let again = try pool.start("again", token: stolen)
            #expect(pool.waits(60) { pool.slots.contains("slot1@again@vc3") }, "\(again.output)")
            for pilot in [pilot, other, again] { _ = pilot.end(SIGTERM) }
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func jobsThatCannotFinishInTimeAreNotStarted() throws {
        try RealPool.with("length") { pool in
            let pilot = try pool.start("p1", token: pool.token(), walltime: .seconds(900))
            #expect(pool.waits(60) { pool.slots == ["slot1@p1@vc3"] }, "\(pilot.output)")
            for (name, line) in [
                ("long1", "allowed_execute_duration = 3600"), ("long2", "allowed_job_duration = 1000"),
                ("long3", "+MaxWallTimeMins = 60"),
            ] { try pool.submit("true", name: name, more: line) }
            // Submitted later, so that whoever may start has had the chance to.
            for (name, line) in [
                ("short1", "allowed_execute_duration = 60"), ("short2", "allowed_job_duration = 60"),
                ("short3", "+MaxWallTimeMins = 1"), ("unknown", ""),
            ] { try pool.submit("true", name: name, more: line) }
            for name in ["short1", "short2", "short3", "unknown"] {
                #expect(pool.waits(60) { pool.text(name + ".log").contains("return value 0") }, "\(name)")
            }
            for name in ["long1", "long2", "long3"] {
                #expect(!pool.text(name + ".log").contains("executing"), "\(name)")
            }
            #expect(pilot.end(SIGTERM) == 143, "\(pilot.output)")
        }
    }
}
