import Foundation
import HTCondorPool
import InfoserviceAPI
import Testing
import VC3Model

@testable import Master

@Suite struct RequestReconcilerTests {
    static func bench(nodes: Int = 5) async throws -> Bench {
        let bench = Bench()
        try await bench.prepareSites(nodes: nodes)
        return bench
    }

    @Test func aRequestBecomesAHeadNodeAndSharesOfPilots() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        let request = try await bench.get(Request.self, "r")
        #expect(request.status.state == "pending")
        #expect(request.status.headnode == "headnode-for-r")
        #expect(request.status.pilotsets == ["r.workers.ana.alpha", "r.workers.ana.beta"])
        #expect(request.status.timeline.keys.sorted() == ["created", "headnode_ready"])
        let alpha = try await bench.get(PilotSet.self, "r.workers.ana.alpha").spec
        let beta = try await bench.get(PilotSet.self, "r.workers.ana.beta").spec
        #expect(alpha.wanted == 2)
        #expect(beta.wanted == 3)
        #expect(alpha.headnode?.collector == "192.0.2.1:9620")
        #expect(alpha.headnode?.trustdomain == "r.vc3")
        #expect(alpha.headnode?.privatetoken == "headnode-for-r")
        #expect(alpha.cores == 2)
        #expect(alpha.memory_mb == 512)
        #expect(alpha.walltime == 3600)
        #expect(alpha.site.privatetoken == "ana.alpha")
        #expect(alpha.batch.queue == "short")
        #expect(alpha.site.hostkey != nil)
        #expect(alpha.environment["VC3_REQUESTID"] == "r")
        let nodeset = try await bench.service.record(.nodeset, "headnode-for-r")
        #expect(nodeset.metadata.owner == "ana")
        #expect(await bench.service.secret("headnode-for-r") != nil)
    }

    @Test func sitesAreMadeReadyWhileTheHeadNodeStarts() async throws {
        let bench = try await Self.bench()
        await bench.headNodes.answer(.starting("booting"))
        try await bench.createRequest()
        try await bench.settle()
        let request = try await bench.get(Request.self, "r")
        #expect(request.status.state == "initializing")
        #expect(request.status.state_reason == "booting")
        let set = try await bench.get(PilotSet.self, "r.workers.ana.alpha").spec
        #expect(set.wanted == 0)
        #expect(set.headnode == nil)
    }

    @Test func aSettledRequestIsNotWrittenAgain() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        let before = await bench.service.writes
        try await bench.settle()
        #expect(await bench.service.writes == before)
    }

    @Test func everyProblemIsReportedAtOnceAndAMendedRequestGoesOn() async throws {
        let bench = try await Self.bench()
        try await bench.patch(.user, "ana", ["sshpubstring": "nonsense"])
        try await bench.patch(.project, "p", ["allocations": ["ana.alpha"]])
        try await bench.create(
            Request.self, "r",
            Request.Spec(
                project: "p", cluster: "missing", allocations: ["ana.beta", "ana.gamma"], environments: ["e"],
                headnode: "x"))
        try await bench.settle()
        let request = try await bench.get(Request.self, "r")
        let valid = try #require(request.status.conditions["Valid"])
        #expect(request.status.state == "new")
        #expect(valid.mender == .user)
        for problem in [
            "sshpubstring of user ana is not an SSH public key",
            "allocation ana.beta does not belong to project p",
            "allocation ana.gamma does not belong to project p",
            "allocation ana.gamma does not exist",
            "cluster missing does not exist",
            "environment e of the request does not exist",
            "headnode x is not configured",
        ] { #expect(valid.message.contains(problem), "\(problem)") }
        #expect(try await bench.service.records(.pilotset).items.isEmpty)

        try await bench.patch(.user, "ana", ["sshpubstring": .string(Bench.publicKey)])
        try await bench.patch(
            .request, "r", ["cluster": "c", "allocations": ["ana.alpha"], "environments": [], "headnode": "local"])
        try await bench.settle()
        #expect(try await bench.get(Request.self, "r").status.state == "pending")
    }

    @Test func anAllocationThatIsNotReadyHoldsTheRequest() async throws {
        let bench = try await Self.bench()
        await bench.login.goAway(true)
        try await bench.patch(.allocation, "ana.beta", ["validate": 2])
        try await bench.settle()
        try await bench.createRequest()
        try await bench.settle()
        let held = try await bench.get(Request.self, "r")
        #expect(held.status.state == "new")
        #expect(held.status.state_reason?.contains("allocation ana.beta is validation_failure, not ready") == true)
        await bench.login.goAway(false)
        bench.time.pass(.seconds(10))
        try await bench.settle()
        #expect(try await bench.get(Request.self, "r").status.state == "pending")
    }

    @Test func unsupportedMiddlewareIsSaidClearly() async throws {
        let bench = try await Self.bench()
        try await bench.patch(.nodeset, "workers", ["app_type": "spark"])
        try await bench.createRequest()
        try await bench.settle()
        let reason = try await bench.get(Request.self, "r").status.state_reason
        #expect(reason?.contains("app_type spark of nodeset workers has no worker support in this release") == true)
    }

    @Test func severalNodesetsAreEachSharedByThemselves() async throws {
        let bench = try await Self.bench(nodes: 5)
        try await bench.create(
            Nodeset.self, "more", Nodeset.Spec(node_number: 3, app_type: "htcondor", app_role: "worker-nodes"))
        try await bench.create(
            Nodeset.self, "head", Nodeset.Spec(node_number: 1, app_type: "htcondor", app_role: "head-node"))
        try await bench.patch(.cluster, "c", ["nodesets": ["head", "workers", "more"]])
        try await bench.createRequest()
        try await bench.settle()
        let wanted = try await bench.service.records(.pilotset).items.map {
            "\($0.name) \($0.spec["wanted"]?.intValue ?? -1)"
        }
        #expect(
            wanted == [
                "r.more.ana.alpha 1", "r.more.ana.beta 2", "r.workers.ana.alpha 2", "r.workers.ana.beta 3",
            ])
    }

    @Test func progressTellsWhereTheMissingWorkersAre() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        var set = try await bench.get(PilotSet.self, "r.workers.ana.beta")
        set.status.factory = "f"
        set.status.pending = 2
        set.status.running = 1
        set.status.first_submit = Timestamp(milliseconds: 5)
        _ = try await bench.service.writeStatus(of: set)
        await bench.headNodes.join(3)
        try await bench.settle(factory: false)
        let running = try await bench.get(Request.self, "r")
        #expect(running.status.state == "running")
        #expect(running.status.workers_joined == 3)
        #expect(running.status.state_reason == "3 of 5 workers joined; 2 waiting in the queue of beta")
        #expect(running.status.statusinfo["workers"]?["idle"] == 2)
        #expect(running.status.statusinfo["workers"]?["node_number"] == 5)
        #expect(running.status.timeline["first_submit"] == Timestamp(milliseconds: 5))
        await bench.headNodes.join(5)
        try await bench.settle()
        let complete = try await bench.get(Request.self, "r")
        #expect(complete.status.conditions.isTrue("WorkersJoined"))
        #expect(complete.status.timeline["all_joined"] == bench.time.now)
    }

    @Test func aRestartedMasterDoesNotTakeNoAnswerForNoWorkers() async throws {
        let bench = try await Self.bench()
        await bench.headNodes.join(5)
        try await bench.createRequest()
        try await bench.settle()
        try await bench.settle()
        try await bench.withProcess { process in
            try await bench.catchUp(process)
            _ = try await process.requests.reconcile("r")
        }
        #expect(try await bench.get(Request.self, "r").status.workers_joined == 5)
        #expect(try await bench.get(Request.self, "r").status.state == "running")
    }

    @Test func workersKeepTheirHeadNodeWhileItRestarts() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        await bench.headNodes.answer(.starting("starting again"))
        try await bench.settle()
        #expect(try await bench.get(PilotSet.self, "r.workers.ana.beta").spec.wanted == 3)
    }

    @Test func workersKeepTheirHeadNodeWhenItsRecordIsLost() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        await bench.headNodes.answer(.starting("found again soon"))
        try await bench.service.delete(.nodeset, "headnode-for-r")
        try await bench.settle()
        let set = try await bench.get(PilotSet.self, "r.workers.ana.beta").spec
        #expect(set.wanted == 3)
        #expect(set.headnode?.collector == "192.0.2.1:9620")
    }

    @Test(arguments: 1...10)
    func nothingIsStartedThatIsNotWrittenDown(write: Int) async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        await bench.service.fail(.before(write))
        try? await bench.settle()
        for (request, detail) in await bench.headNodes.running {
            let nodeset = try await bench.service.record(.nodeset, "headnode-for-" + request)
            #expect(nodeset.status["detail"] == detail)
            #expect(try await bench.get(Request.self, request).status.headnode_provider == "local")
        }
        for set in try await bench.service.records(.pilotset).items {
            #expect(try await bench.get(Request.self, "r").status.pilotsets.contains(set.name))
        }
    }

    @Test func terminatingEndsPilotsThenTheHeadNodeThenTells() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        try await bench.patch(.request, "r", ["action": "terminate"])
        try await bench.settle(factory: false)
        #expect(try await bench.get(Request.self, "r").status.state == "terminating")
        #expect(try await bench.get(PilotSet.self, "r.workers.ana.beta").spec.wanted == 0)
        #expect(try await bench.get(PilotSet.self, "r.workers.ana.beta").isDeleting)
        #expect(await bench.headNodes.running.count == 1)
        try await bench.settle()
        try await Self.expectNothingLeft(bench)
        #expect(try await bench.get(Request.self, "r").status.state == "terminated")
        #expect(try await bench.get(Request.self, "r").status.timeline["terminated"] != nil)
    }

    static func expectNothingLeft(_ bench: borrowing Bench) async throws {
        let keys = await bench.service.keys()
        #expect(keys.filter { $0.kind == .pilotset } == [])
        #expect(!keys.contains(EntityKey(.nodeset, "headnode-for-r")))
        #expect(!keys.contains(EntityKey(.privatetoken, "headnode-for-r")))
        #expect(await bench.headNodes.running.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: bench.stateFolder + "/headnodes/r"))
    }

    @Test func aRequestThatWasEndedCanBeStartedAgain() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        try await bench.patch(.request, "r", ["action": "terminate"])
        try await bench.settle()
        try await bench.patch(.request, "r", ["action": "run"])
        try await bench.settle()
        #expect(try await bench.get(Request.self, "r").status.state == "pending")
        try await bench.patch(.request, "r", ["action": "terminate"])
        try await bench.settle()
        try await Self.expectNothingLeft(bench)
    }

    @Test func aRequestEndsWhenItExpires() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest(expiration: bench.time.now + .seconds(60))
        try await bench.settle()
        #expect(try await bench.get(Request.self, "r").status.state == "pending")
        bench.time.pass(.seconds(61))
        try await bench.settle()
        let request = try await bench.get(Request.self, "r")
        #expect(request.status.state == "terminated")
        #expect(request.status.state_reason?.contains("expired") == true)
    }

    @Test(arguments: [false, true])
    func deletionGoesThroughTheSameEnd(isValid: Bool) async throws {
        let bench = try await Self.bench()
        if !isValid { try await bench.service.delete(.cluster, "c") }
        try await bench.createRequest()
        try await bench.settle()
        try await bench.service.delete(.request, "r")
        try await bench.settle()
        #expect(await !bench.service.keys().contains(EntityKey(.request, "r")))
        try await Self.expectNothingLeft(bench)
    }

    @Test func tearingDownNeedsNothingThatTheRequestRefersTo() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        for (kind, name) in [
            (EntityKind.cluster, "c"), (.nodeset, "workers"), (.project, "p"), (.resource, "alpha"),
            (.nodeinfo, "small"),
            (.user, "ana"), (.nodeset, "headnode-for-r"),
        ] { try await bench.service.delete(kind, name) }
        try await bench.service.delete(.request, "r")
        try await bench.settle()
        #expect(await !bench.service.keys().contains(EntityKey(.request, "r")))
        try await Self.expectNothingLeft(bench)
    }

    @Test func whatRunsStaysWhenAReferenceGoes() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        try await bench.service.delete(.nodeinfo, "small")
        try await bench.settle()
        let request = try await bench.get(Request.self, "r")
        #expect(
            request.status.conditions["ReferencesResolved"]?.message.contains("nodeinfo small does not exist") == true)
        #expect(try await bench.get(PilotSet.self, "r.workers.ana.beta").spec.wanted == 3)
        try await bench.service.delete(.cluster, "c")
        try await bench.settle()
        #expect(try await bench.get(PilotSet.self, "r.workers.ana.beta").spec.wanted == 3)
    }

    @Test func aFinalErrorFailsTheRequestAndEndingItReleasesEverything() async throws {
        let bench = try await Self.bench()
        await bench.headNodes.answer(.failed("no such image"))
        try await bench.createRequest()
        try await bench.settle()
        let failed = try await bench.get(Request.self, "r")
        #expect(failed.status.state == "failure")
        #expect(failed.status.state_reason == "no such image")
        try await bench.patch(.request, "r", ["action": "terminate"])
        try await bench.settle()
        try await Self.expectNothingLeft(bench)
        #expect(await bench.headNodes.removals == 1)
    }

    @Test func aChangedClusterIsFollowed() async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        try await bench.patch(.nodeset, "workers", ["node_number": 8])
        try await bench.settle()
        #expect(try await bench.get(PilotSet.self, "r.workers.ana.beta").spec.wanted == 4)
        try await bench.patch(.request, "r", ["allocations": ["ana.alpha"]])
        try await bench.settle()
        #expect(try await bench.get(PilotSet.self, "r.workers.ana.alpha").spec.wanted == 8)
        #expect(await !bench.service.keys().contains(EntityKey(.pilotset, "r.workers.ana.beta")))
        #expect(try await bench.get(Request.self, "r").status.pilotsets == ["r.workers.ana.alpha"])
    }

    @Test(arguments: 1...14, [true, false])
    func aCrashWhileStartingComesToTheSameEnd(write: Int, replyLost: Bool) async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        await bench.service.fail(replyLost ? .after(write) : .before(write))
        try? await bench.settle()
        await bench.service.fail(.none)
        try await bench.settle()
        #expect(try await bench.get(Request.self, "r").status.state == "pending")
        let wanted = try await bench.service.records(.pilotset).items.map { $0.spec["wanted"]?.intValue }
        #expect(wanted == [2, 3])
        let key = try await HeadNodeFolders(root: bench.stateFolder + "/headnodes").signingKey(of: "r")
        let secret = await bench.service.secret("headnode-for-r")
        #expect(secret == Data(key.fileContents).base64EncodedString())
    }

    @Test(arguments: 1...12, [true, false])
    func aCrashWhileEndingLeavesNothingBehind(write: Int, replyLost: Bool) async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        try await bench.settle()
        try await bench.service.delete(.request, "r")
        await bench.service.fail(replyLost ? .after(write) : .before(write))
        try? await bench.settle()
        await bench.service.fail(.none)
        try await bench.settle()
        #expect(await !bench.service.keys().contains(EntityKey(.request, "r")))
        try await Self.expectNothingLeft(bench)
    }

    @Test(arguments: 1...14)
    func anEndAtAnyMomentOfTheStartLeavesNothingBehind(write: Int) async throws {
        let bench = try await Self.bench()
        try await bench.createRequest()
        await bench.service.fail(.after(write))
        try? await bench.settle()
        await bench.service.fail(.none)
        try await bench.service.delete(.request, "r")
        try await bench.settle()
        #expect(await !bench.service.keys().contains(EntityKey(.request, "r")))
        try await Self.expectNothingLeft(bench)
    }
}
