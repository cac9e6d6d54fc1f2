import Foundation
import InfoserviceAPI
import Testing
import VC3Certificates
import VC3Commands
import VC3Model

@testable import Master

/// The rotation of an allocation's key, at an account whose `authorized_keys` is a real file.
@Suite struct KeyRotationTests {
    static let foreign = ["# ana's own keys", "from=\"10.0.0.1\" \(AuthorizedKeysChangeTests.other)"]

    /// An allocation whose key its owner has installed, and validated.
    static func bench(resourceType: String? = nil) async throws -> Bench {
        let bench = Bench()
        try await bench.create(Nodeinfo.self, "small", Nodeinfo.Spec())
        try await bench.create(
            Resource.self, "alpha",
            Resource.Spec(
                accesstype: "batch", accessmethod: "ssh", accessflavor: "slurm", accesshost: "alpha.example.org",
                keytype: resourceType, nodeinfo: "small"))
        try await bench.create(Allocation.self, "a", Allocation.Spec(resource: "alpha", accountname: "ana1"))
        try await bench.settle()
        let home = bench.stateFolder + "/home"
        try AuthorizedKeysChangeTests.write(
            (foreign + [try await line(bench)]).joined(separator: "\n") + "\n", to: home + "/.ssh/authorized_keys",
            mode: 0o600)
        await bench.login.live(in: home)
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        return bench
    }

    static func line(_ bench: borrowing Bench) async throws -> String {
        let token = try await bench.get(Allocation.self, "a").status.pubtoken
        return String(decoding: try #require(Data(base64Encoded: token ?? "")), as: UTF8.self)
    }

    /// Whether the key that the Factory would read logs in.
    static func theFactoryCanLogIn(_ bench: borrowing Bench) async throws -> Bool {
        let secret = try #require(await bench.service.secret("a"))
        return try await bench.login.accepts(Array(try #require(Data(base64Encoded: secret))))
    }

    static func expectRotated(_ bench: borrowing Bench, from old: String, request: Int = 1) async throws {
        let allocation = try await bench.get(Allocation.self, "a")
        let new = try await line(bench)
        #expect(new != old)
        #expect(await bench.login.lines() == foreign + [new])
        #expect(allocation.status.state == "ready")
        #expect(allocation.status.rotation == nil)
        #expect(allocation.status.rotate_observed == request)
        #expect(allocation.status.conditions["KeyRotated"]?.status == .yes)
        #expect(allocation.status.pubtoken_fingerprint == AllocationReconciler.fingerprint(of: new))
        #expect(try await theFactoryCanLogIn(bench))
        let keys = try AllocationKeys(stateFolder: bench.stateFolder)
        #expect(try await keys.pair(of: "a").publicLine == new)
        #expect(try await keys.next(of: "a") == nil)
    }

    @Test func theNewKeyTakesTheOldOnesPlaceAndOtherLinesStay() async throws {
        let bench = try await Self.bench()
        let old = try await Self.line(bench)
        try await bench.patch(.allocation, "a", ["rotate": 1])
        try await bench.settle()
        try await Self.expectRotated(bench, from: old)
        #expect(try await Self.line(bench).hasPrefix("ssh-ed25519 "))
        let message = try await bench.get(Allocation.self, "a").status.conditions["KeyRotated"]?.message
        #expect(message?.contains(try #require(AllocationReconciler.fingerprint(of: old))) == true)
    }

    @Test(arguments: 1...9, [true, false])
    func aCrashAtAnyWriteLeavesAKeyThatWorksAndComesToTheSameEnd(write: Int, replyLost: Bool) async throws {
        let bench = try await Self.bench()
        let old = try await Self.line(bench)
        try await bench.patch(.allocation, "a", ["rotate": 1])
        await bench.service.fail(replyLost ? .after(write) : .before(write))
        try? await bench.settle()
        #expect(try await Self.theFactoryCanLogIn(bench))
        await bench.service.fail(.none)
        try await bench.settle()
        try await Self.expectRotated(bench, from: old)
    }

    @Test(arguments: 1...3)
    func aLostReplyOfTheSiteIsRepeated(count: Int) async throws {
        let bench = try await Self.bench()
        let old = try await Self.line(bench)
        await bench.login.loseReplies(count)
        try await bench.patch(.allocation, "a", ["rotate": 1])
        for _ in 0..<4 {
            try await bench.settle()
            #expect(try await Self.theFactoryCanLogIn(bench))
            bench.time.pass(.seconds(300))
        }
        try await Self.expectRotated(bench, from: old)
    }

    @Test func theKindIsWhatTheAllocationThenTheResourceDemands() async throws {
        let bench = try await Self.bench(resourceType: "rsa")
        #expect(try await Self.line(bench).hasPrefix("ssh-rsa "))
        #expect(try SSHPublicKey(parsing: try await Self.line(bench)).blob.count > 512)
        let old = try await Self.line(bench)
        try await bench.patch(.allocation, "a", ["rotate": 1, "keytype": "ecdsa"])
        try await bench.settle()
        try await Self.expectRotated(bench, from: old)
        #expect(try await Self.line(bench).hasPrefix("ecdsa-sha2-nistp256 "))
        await #expect(throws: VC3Error.self) { try await bench.patch(.allocation, "a", ["keytype": "dsa"]) }
    }

    @Test func aHomeThatMayNotBeWrittenWaitsForTheOwnerAndGoesOn() async throws {
        let bench = try await Self.bench()
        let old = try await Self.line(bench)
        await bench.login.beReadOnly(true)
        try await bench.patch(.allocation, "a", ["rotate": 1])
        try await bench.settle()
        let waiting = try await bench.get(Allocation.self, "a")
        let condition = try #require(waiting.status.conditions["KeyRotated"])
        let new = try #require(waiting.status.rotation?.newkey)
        #expect(condition.reason == "InstallByHand")
        #expect(condition.mender == .user)
        #expect(condition.message.contains(new))
        #expect(waiting.status.state == "ready")
        #expect(waiting.status.state_reason == condition.message)
        #expect(try await Self.line(bench) == old)

        // By hand, somewhere else than in the home; asking for a validation spares the wait.
        await bench.login.manage([old, new])
        try await bench.patch(.allocation, "a", ["validate": 2])
        try await bench.settle()
        let done = try await bench.get(Allocation.self, "a")
        #expect(done.status.conditions["KeyRotated"]?.reason == "OldKeyLeft")
        #expect(done.status.conditions["KeyRotated"]?.message.contains(old) == true)
        #expect(done.status.rotate_observed == 1)
        #expect(done.status.validate_observed == 2)
        #expect(try await Self.line(bench) == new)
    }

    @Test func anOldKeyThatIsNoLongerAcceptedIsReplacedByHand() async throws {
        let bench = try await Self.bench()
        let path = bench.stateFolder + "/home/.ssh/authorized_keys"
        try AuthorizedKeysChangeTests.write("", to: path, mode: 0o600)
        let old = try await Self.line(bench)
        try await bench.patch(.allocation, "a", ["rotate": 1])
        try await bench.settle()
        let waiting = try await bench.get(Allocation.self, "a")
        #expect(waiting.status.conditions["KeyRotated"]?.message.contains("the old key is not accepted either") == true)
        let new = try #require(waiting.status.rotation?.newkey)
        try AuthorizedKeysChangeTests.write((Self.foreign + [new, ""]).joined(separator: "\n"), to: path, mode: 0o600)
        bench.time.pass(.seconds(299))
        try await bench.settle()
        #expect(try await Self.line(bench) == old)
        bench.time.pass(.seconds(1))
        try await bench.settle()
        try await Self.expectRotated(bench, from: old)
    }

    @Test func askingAgainWithAnotherKindForgetsTheFirstAttempt() async throws {
        let bench = try await Self.bench()
        let old = try await Self.line(bench)
        // The line gets there, but the reply does not, nor does any later look.
        await bench.login.loseReplies(1)
        try await bench.patch(.allocation, "a", ["rotate": 1])
        try await bench.settle()
        #expect(await bench.login.lines().count == Self.foreign.count + 2)
        try await bench.patch(.allocation, "a", ["rotate": 2, "keytype": "ecdsa"])
        try await bench.settle()
        try await Self.expectRotated(bench, from: old, request: 2)
        #expect(try await Self.line(bench).hasPrefix("ecdsa-sha2-nistp256 "))
    }

    /// A pilot set that a factory runs with the allocation's first key.
    static func benchWithPilots() async throws -> Bench {
        let bench = try await Self.bench()
        try await bench.create(
            PilotSet.self, "r.w.a",
            PilotSet.Spec(
                request: "r", nodeset: "w", allocation: "a",
                site: PilotSite(resource: "alpha", type: "batch", method: "ssh", flavor: "slurm", account: "ana1")))
        try await use(try await bench.get(Allocation.self, "a").status.pubtoken_fingerprint, bench)
        try await bench.patch(.allocation, "a", ["rotate": 1])
        try await bench.settle()
        return bench
    }

    static func use(_ fingerprint: String?, _ bench: borrowing Bench) async throws {
        var set = try await bench.get(PilotSet.self, "r.w.a")
        set.status.factory = "f"
        set.status.key_in_use = fingerprint
        _ = try await bench.service.replaceStatus(
            .pilotset, "r.w.a", with: JSONValue(encoding: set.status), expecting: set.metadata.revision)
    }

    @Test func theOldKeyStaysUntilTheFactoryHasFollowed() async throws {
        let bench = try await Self.benchWithPilots()
        let waiting = try await bench.get(Allocation.self, "a")
        #expect(waiting.status.rotation?.step == .settling)
        #expect(waiting.status.conditions["KeyRotated"]?.message.contains("r.w.a") == true)
        #expect(await bench.login.lines().count == Self.foreign.count + 2)
        let old = try #require(waiting.status.rotation?.oldkeys.first)
        try await Self.use(waiting.status.pubtoken_fingerprint, bench)
        try await bench.settle()
        try await Self.expectRotated(bench, from: old)
    }

    @Test func aFactoryThatDoesNotFollowIsWaitedForOnlySoLong() async throws {
        let bench = try await Self.benchWithPilots()
        let old = try #require(try await bench.get(Allocation.self, "a").status.rotation?.oldkeys.first)
        bench.time.pass(AllocationLifeCycle.longestSettling - .milliseconds(1))
        try await bench.settle()
        #expect(try await bench.get(Allocation.self, "a").status.rotation?.step == .settling)
        bench.time.pass(.milliseconds(1))
        try await bench.settle()
        try await Self.expectRotated(bench, from: old)
    }

    @Test func aDeletedAllocationLeavesNoPairOfARotationBehind() async throws {
        let bench = try await Self.bench()
        await bench.login.beReadOnly(true)
        try await bench.patch(.allocation, "a", ["rotate": 1])
        try await bench.settle()
        let keys = try AllocationKeys(stateFolder: bench.stateFolder)
        #expect(try await keys.next(of: "a") != nil)
        try await bench.service.delete(.allocation, "a")
        try await bench.settle()
        #expect(try await keys.names() == [])
    }

    @Test func fingerprintsAreThoseOfSshKeygen() async throws {
        let bench = try await Self.bench()
        await bench.login.show(try #require(PinnedHostKey(line: AuthorizedKeysChangeTests.other)))
        try await bench.patch(.allocation, "a", ["hostkey": .string(AuthorizedKeysChangeTests.other)])
        try await bench.settle()
        let status = try await bench.get(Allocation.self, "a").status
        for (line, shown) in [
            (try await Self.line(bench), try #require(status.pubtoken_fingerprint)),
            (AuthorizedKeysChangeTests.other, try #require(status.hostkey_fingerprints.first)),
        ] {
            var command = Command(["ssh-keygen", "-lf", "-"])
            command.input = Array(line.utf8)
            let told = try await LocalRunner().run(command).output.split(separator: " ")
            #expect(shown.split(separator: " ").last == told.dropFirst().first)
        }
        #expect(status.hostkey_fingerprints.first?.hasPrefix("alpha.example.org ssh-ed25519 SHA256:") == true)
    }
}
