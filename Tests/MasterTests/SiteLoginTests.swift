import InfoserviceAPI
import Testing
import VC3Commands
import VC3Model

@testable import Master

/// An allocation at a resource where only a person can log in.
@Suite struct SiteLoginTests {
    static func bench() async throws -> Bench {
        let bench = Bench()
        try await bench.create(Nodeinfo.self, "small", Nodeinfo.Spec())
        try await bench.create(
            Resource.self, "alpha",
            Resource.Spec(
                accesstype: "batch", accessmethod: "ssh", accessflavor: "slurm", accesshost: "alpha.example.org",
                nodeinfo: "small", mfa: true))
        try await bench.create(Allocation.self, "a", Allocation.Spec(resource: "alpha", accountname: "ana1"))
        try await bench.settle()
        return bench
    }

    /// What the Factory tells of a login.
    static func tell(_ state: SiteLogin.State, _ reason: String? = nil, in bench: borrowing Bench) async throws {
        if (try? await bench.service.record(.sitelogin, "a")) == nil {
            try await bench.create(SiteLogin.self, "a", SiteLogin.Spec(open: 1))
        }
        var status = SiteLogin.Status()
        status.state = state.rawValue
        status.state_reason = reason
        let record = try await bench.service.record(.sitelogin, "a")
        _ = try await bench.service.replaceStatus(
            .sitelogin, "a", with: JSONValue(encoding: status), expecting: record.metadata.revision)
        try await bench.settle()
    }

    static func loggedIn(_ bench: borrowing Bench) async throws -> Condition? {
        try await bench.get(Allocation.self, "a").status.conditions[AllocationLifeCycle.loggedIn]
    }

    @Test func theMasterNeverTriesALoginEvenWhenAskedTo() async throws {
        let bench = try await Self.bench()
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        bench.time.pass(.seconds(3600))
        try await bench.settle()
        #expect(await bench.login.pinned.isEmpty)
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.state == "validation_failure")
        #expect(allocation.status.validate_observed == 1)
        #expect(allocation.status.hostkey == (await bench.login.shown).line)
        let condition = try #require(allocation.status.conditions[AllocationLifeCycle.loggedIn])
        #expect(condition.status == .no && condition.reason == "LoginNeeded" && condition.mender == .user)
        #expect(condition.message.contains("vc3 site-login alpha"))
        #expect(condition.retryAt == nil)
    }

    @Test func aLoginValidatesAndItsEndIsToldWithoutTakingThatBack() async throws {
        let bench = try await Self.bench()
        #expect(try await bench.get(Allocation.self, "a").status.state == "configured")
        try await Self.tell(.asking, in: bench)
        #expect(try await bench.get(Allocation.self, "a").status.state == "configured")
        try await Self.tell(.open, in: bench)
        #expect(try await bench.get(Allocation.self, "a").status.state == "ready")
        #expect(try await Self.loggedIn(bench)?.status == .yes)
        try await Self.tell(.closed, "the site has ended it", in: bench)
        try await bench.patch(.allocation, "a", ["validate": 1])
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.state == "ready" && allocation.status.validate_observed == 1)
        #expect(allocation.status.state_reason?.contains("the site has ended it") == true)
        #expect(try await Self.loggedIn(bench)?.status == .no)
        #expect(await bench.login.pinned.isEmpty)
    }

    @Test func aHostThatGivesNoKeyIsAskedAgainAndThenWaitsForALogin() async throws {
        let bench = Bench()
        await bench.login.goAway(true)
        try await bench.create(Nodeinfo.self, "small", Nodeinfo.Spec())
        try await bench.create(
            Resource.self, "alpha",
            Resource.Spec(
                accesstype: "batch", accessmethod: "ssh", accessflavor: "slurm", accesshost: "alpha.example.org",
                nodeinfo: "small", mfa: true))
        try await bench.create(Allocation.self, "a", Allocation.Spec(resource: "alpha", accountname: "ana1"))
        try await bench.settle()
        #expect(try await bench.get(Allocation.self, "a").status.conditions["Validated"]?.retryAt != nil)
        await bench.login.goAway(false)
        bench.time.pass(.seconds(600))
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.hostkey != nil)
        #expect(allocation.status.conditions["Validated"]?.retryAt == nil)
        #expect(try await Self.loggedIn(bench)?.reason == "LoginNeeded")
    }

    @Test func behindAGatewayItIsRefusedBeforeAnybodyLogsInAnywhere() async throws {
        let bench = Bench()
        // Asking for the host's key would be a login at the gateway, and this one would tell of it.
        await bench.login.goAway(true)
        try await bench.create(Nodeinfo.self, "small", Nodeinfo.Spec())
        try await bench.create(
            Resource.self, "alpha",
            Resource.Spec(
                accesstype: "batch", accessmethod: "ssh", accessflavor: "slurm", accesshost: "alpha.example.org",
                accessgateway: "ana1@gate.example.org", nodeinfo: "small", mfa: true))
        try await bench.create(Allocation.self, "a", Allocation.Spec(resource: "alpha", accountname: "ana1"))
        try await bench.settle()
        var condition = try await bench.get(Allocation.self, "a").status.conditions[AllocationLifeCycle.validated]
        #expect(condition?.status == .no && condition?.reason == "BadResource" && condition?.mender == .user)
        #expect(condition?.message.contains("mfa and an accessgateway") == true && condition?.retryAt == nil)
        #expect(try await Self.loggedIn(bench) == nil)

        await bench.login.goAway(false)
        try await bench.patch(.resource, "alpha", ["accessgateway": .null])
        try await bench.settle()
        condition = try await bench.get(Allocation.self, "a").status.conditions[AllocationLifeCycle.validated]
        #expect(condition?.status == .unknown && condition?.reason == "WaitingForLogin")
        #expect(try await Self.loggedIn(bench)?.reason == "LoginNeeded")
    }

    @Test func aKeyIsNotReplacedThere() async throws {
        let bench = try await Self.bench()
        try await bench.patch(.allocation, "a", ["rotate": 1])
        try await bench.settle()
        let allocation = try await bench.get(Allocation.self, "a")
        #expect(allocation.status.rotate_observed == 1 && allocation.status.rotation == nil)
        #expect(allocation.status.conditions["KeyRotated"]?.reason == "NotPossible")
    }

    @Test func aLoginGoesWithItsAllocation() async throws {
        let bench = try await Self.bench()
        try await Self.tell(.open, in: bench)
        try await bench.service.delete(.allocation, "a", cascade: false)
        try await bench.settle()
        #expect(try await bench.service.record(.sitelogin, "a").metadata.deleting != nil)
        await #expect(throws: VC3Error.self) { try await bench.service.record(.allocation, "a") }
    }
}
