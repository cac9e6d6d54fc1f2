import Foundation
import Testing
import VC3Commands
import InfoserviceAPI
import VC3Model

@testable import Master

@Suite struct AllocationReconcilerTests {
    static func bench(flavor: String = "slurm", hostkey: String? = nil) async throws -> Bench {
        let bench = Bench()
        try await bench.create(Nodeinfo.self, "small", Nodeinfo.Spec())
        try await bench.create(
            Resource.self, "alpha",
            Resource.Spec(
                accesstype: "batch", accessmethod: "ssh", accessflavor: flavor, accesshost: "alpha.example.org",
                accesshostkey: hostkey, nodeinfo: "small"))
        try await bench.create(Allocation.self, "a", Allocation.Spec(resource: "alpha", accountname: "ana1"))
        try await bench.settle()
        return bench
    }

    @Test func aNewAllocationGetsAKeyAndSaysWhereItGoes() async throws {
        let bench = try await Self.bench()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.state == "configured")
        let line = String(decoding: try #require(Data(base64Encoded: allocation.status.pubtoken ?? "")), as: UTF8.self)
        #expect(line.hasPrefix("ssh-ed25519 "))
        let reason = try #require(allocation.status.state_reason)
        #expect(reason.contains("~/.ssh/authorized_keys of ana1@alpha.example.org"))
        #expect(reason.contains(line))
        let secret = try #require(await bench.service.secret("a"))
        let text = String(decoding: try #require(Data(base64Encoded: secret)), as: UTF8.self)
        #expect(text.contains("OPENSSH PRIVATE KEY"))
        #expect(try await bench.service.record(.privatetoken, "a").metadata.owner == "ana")
    }

    @Test func aSecondLookWritesNothing() async throws {
        let bench = try await Self.bench()
        let before = try await bench.get(Allocation.self, "a").metadata.revision
        try await bench.settle()
        #expect(try await bench.get(Allocation.self, "a").metadata.revision == before)
    }

    @Test func aLoginMakesItReadyAndPinsTheHostKeyFirst() async throws {
        let bench = try await Self.bench()
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.state == "ready")
        #expect(allocation.status.validate_observed == 1)
        #expect(allocation.status.hostkey == (await bench.login.shown).line)
        #expect(await bench.login.pinned == [await bench.login.shown])
        #expect(await bench.login.programs == ["sbatch"])
    }

    @Test(
        arguments: [
            (CommandError(.authenticationRefused, "no"), "AuthenticationRefused", Condition.Mender.user),
            (CommandError(.accountRefused, "expired"), "AccountRefused", .operator),
        ])
    func aRefusalSaysWhoCanMendItAndIsNotRetried(
        _ error: CommandError, _ reason: String, _ mender: Condition.Mender
    ) async throws {
        let bench = try await Self.bench()
        await bench.login.answer(.failure(error))
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        let validated = try #require(allocation.status.conditions["Validated"])
        #expect(allocation.status.state == "validation_failure")
        #expect(validated.reason == reason)
        #expect(validated.mender == mender)
        #expect(validated.retryAt == nil)
        #expect(allocation.status.validate_observed == 1)
        #expect(await bench.login.pinned.count == 1)

        await bench.login.answer(.success(LoginFindings()))
        try await bench.patch(.allocation, "a", ["validate": 2])
        try await bench.settle()
        #expect(try await bench.get(Allocation.self, "a").status.state == "ready")
    }

    @Test(
        arguments: [
            (LoginFindings(hasBatchSystem: false), "NoBatchSystem"),
            (LoginFindings(homeProblem: "No space left on device"), "HomeNotWritable"),
        ])
    func whatIsMissingAtTheSiteIsNamed(_ findings: LoginFindings, _ reason: String) async throws {
        let bench = try await Self.bench()
        await bench.login.answer(.success(findings))
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.conditions["Validated"]?.reason == reason)
        if let problem = findings.homeProblem { #expect(allocation.status.state_reason?.contains(problem) == true) }
    }

    @Test func aChangedHostKeyIsRefusedAndBothAreNamed() async throws {
        let bench = try await Self.bench()
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        let old = await bench.login.shown
        let new = PinnedHostKey(type: "ssh-ed25519", base64: "AAAAC3NzaC1lZDI1NTE5AAAAIQ==")
        await bench.login.show(new)
        try await bench.patch(.allocation, "a", ["validate": 2])
        try await bench.settle()
        let refused = try await bench.get(Allocation.self, "a")
        let message = try #require(refused.status.conditions["Validated"]?.message)
        #expect(refused.status.conditions["Validated"]?.reason == "HostKeyChanged")
        #expect(message.contains(try #require(HostKeyFingerprint.of(old))))
        #expect(message.contains(try #require(HostKeyFingerprint.of(new))))
        #expect(refused.status.hostkey == old.line)

        try await bench.patch(.allocation, "a", ["validate": 3, "hostkey": .string(new.line)])
        try await bench.settle()
        #expect(try await bench.get(Allocation.self, "a").status.state == "ready")
    }

    @Test func theHostKeyOfTheResourceCountsFromTheStart() async throws {
        let published = PinnedHostKey(type: "ssh-ed25519", base64: "AAAAC3NzaC1lZDI1NTE5AAAAIg==")
        let bench = try await Self.bench(hostkey: published.line)
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.conditions["Validated"]?.reason == "HostKeyChanged")
        #expect(allocation.status.hostkey == nil)
    }

    @Test func aHostThatDoesNotAnswerIsTriedAgainByItself() async throws {
        let bench = try await Self.bench()
        await bench.login.goAway(true)
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        let failing = try await bench.get(Allocation.self, "a")
        let validated = try #require(failing.status.conditions["Validated"])
        #expect(validated.reason == "Unreachable")
        #expect(validated.retryAt == bench.time.now + .seconds(5))
        #expect(failing.status.validate_observed == 0)

        await bench.login.goAway(false)
        bench.time.pass(.seconds(4))
        try await bench.settle()
        #expect(try await bench.get(Allocation.self, "a").status.state == "validation_failure")
        bench.time.pass(.seconds(1))
        try await bench.settle()
        #expect(try await bench.get(Allocation.self, "a").status.state == "ready")
    }

    @Test func anAllocationOfThisMachineNeedsNoKey() async throws {
        let bench = try await Self.bench()
        try await bench.create(
            Resource.self, "here",
            Resource.Spec(accesstype: "local", accessmethod: "local", accessflavor: "local", nodeinfo: "small"))
        try await bench.create(Allocation.self, "h", Allocation.Spec(resource: "here", accountname: "me"))
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "h")
        #expect(allocation.status.state == "ready")
        #expect(allocation.status.pubtoken == nil)
        #expect(await bench.service.secret("h") == nil)
    }

    @Test func deletionLeavesNoKeyBehind() async throws {
        let bench = try await Self.bench()
        try await bench.service.delete(.allocation, "a")
        try await bench.settle()
        let keys = await bench.service.keys()
        #expect(!keys.contains(EntityKey(.allocation, "a")))
        #expect(!keys.contains(EntityKey(.privatetoken, "a")))
        #expect(try await AllocationKeys(stateFolder: bench.stateFolder).names() == [])
    }

    @Test func deletionWaitsForPilotsThatNeedTheKey() async throws {
        let bench = try await Self.bench()
        try await bench.create(
            PilotSet.self, "r.w.a",
            PilotSet.Spec(
                request: "r", nodeset: "w", allocation: "a",
                site: PilotSite(resource: "alpha", type: "batch", method: "ssh", flavor: "slurm", account: "ana1")))
        try await bench.service.delete(.allocation, "a")
        try await bench.settle()
        #expect(try await bench.get(Allocation.self, "a").status.conditions["Removed"]?.reason == "InUse")
        try await bench.service.delete(.pilotset, "r.w.a")
        try await bench.settle()
        #expect(await !bench.service.keys().contains(EntityKey(.allocation, "a")))
    }

    @Test func aLostKeyFileIsReplacedAndTheOwnerTold() async throws {
        let bench = try await Self.bench()
        let old = try await bench.get(Allocation.self, "a").status.pubtoken
        try await AllocationKeys(stateFolder: bench.stateFolder).remove("a")
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.pubtoken != old)
        #expect(allocation.status.state == "configured")
        #expect(allocation.status.state_reason?.contains("the old key was lost") == true)
    }

    @Test(arguments: 1...8, [true, false])
    func aCrashAtAnyWriteComesToTheSameEnd(write: Int, replyLost: Bool) async throws {
        let bench = Bench()
        try await bench.create(Nodeinfo.self, "small", Nodeinfo.Spec())
        try await bench.create(
            Resource.self, "alpha",
            Resource.Spec(
                accesstype: "batch", accessmethod: "ssh", accessflavor: "slurm", accesshost: "alpha.example.org",
                nodeinfo: "small"))
        try await bench.create(
            Allocation.self, "a", Allocation.Spec(resource: "alpha", accountname: "ana1", validate: 1))
        await bench.service.fail(replyLost ? .after(write) : .before(write))
        try? await bench.settle()
        await bench.service.fail(.none)
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.state == "ready")
        let pair = try await AllocationKeys(stateFolder: bench.stateFolder).pair(of: "a")
        #expect(allocation.status.pubtoken == Data(pair.publicLine.utf8).base64EncodedString())
        let secret = await bench.service.secret("a")
        #expect(secret == Data(pair.privateKey).base64EncodedString())
    }
}
