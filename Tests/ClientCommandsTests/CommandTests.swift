import Foundation
import InfoserviceAPI
import Testing
import VC3Model

/// A command line, and what is stored after it.
struct Effect: Sendable, CustomTestStringConvertible {
    let line: String
    let key: EntityKey
    let attributes: JSONValue
    var owner = InMemoryInfoservice.caller
    var testDescription: String { line }

    init(_ line: String, _ kind: EntityKind, _ name: String, _ attributes: JSONValue, owner: String? = nil) {
        self.line = line
        key = EntityKey(kind, name)
        self.attributes = attributes
        self.owner = owner ?? InMemoryInfoservice.caller
    }
}

@Suite struct CommandTests {
    static let publicKey = "AAAAC3NzaC1lZDI1NTE5AAAAIBn2xU0gPzCPMY0VEDTgMUq0PBpiZDWmzXGqAU2yWm5b"

    static let creations: [Effect] = [
        Effect(
            "user-create eva --firstname Eva --lastname Lo --email e@x.edu --institution X --identity_id 7 "
                + "--displayname E --description d --url u --docurl v",
            .user, "eva",
            [
                "first": "Eva", "last": "Lo", "email": "e@x.edu", "organization": "X", "identity_id": "7",
                "displayname": "E", "description": "d", "url": "u", "docurl": "v",
            ], owner: "eva"),
        Effect(
            "project-create p --owner eva --members ben,cid,ben --organization X", .project, "p",
            ["members": ["eva", "ben", "cid"], "allocations": [], "blueprints": [], "organization": "X"], owner: "eva"),
        Effect("project-create p", .project, "p", ["members": ["ana"], "allocations": [], "blueprints": []]),
        Effect(
            "resource-create r --accesstype batch --accessmethod ssh --accessflavor sge --accesshost h --accessport 2222 "
                + "--accessgateway g --accesshostkey k --keytype rsa --queue q --batchaccount c --reservation 7 --constraint a=b --wholenode --gpus 2 --cores 3 "
                + "--memory_mb 900 --walltime 2h --submitargs -soft --submitargs -V --batchsetting parallelenvironment=mp "
                + "--maxpending 3 --maxpercycle 2 --nodeinfo n --scratchdir /s --sandboxdir /b --gridresource g "
                + "--cloudspotprice 1 --cloudinstancetype t --mfa --public --pubtokendocurl d --organization X",
            .resource, "r",
            [
                "accesstype": "batch", "accessmethod": "ssh", "accessflavor": "sge", "accesshost": "h",
                "accessport": "2222", "accessgateway": "g", "accesshostkey": "k", "keytype": "rsa",
                "batch": [
                    "queue": "q", "account": "c", "reservation": "7", "constraint": "a=b", "wholenode": true, "gpus": 2,
                    "cores": 3, "memory_mb": 900, "walltime": 7200, "submitargs": ["-soft", "-V"],
                ], "batchsettings": ["parallelenvironment": "mp"], "maxpending": 3, "maxpercycle": 2, "nodeinfo": "n",
                "scratchdir": "/s", "sandboxdir": "/b", "gridresource": "g", "cloudspotprice": "1",
                "cloudinstancetype": "t", "mfa": true, "public": true, "pubtokendocurl": "d", "organization": "X",
            ]),
        Effect(
            "nodeinfo-create n", .nodeinfo, "n",
            ["cores": 1, "memory_mb": 1024, "storage_mb": 1024, "native_os": "Unknown", "features": []]),
        Effect(
            "nodeinfo-create n --cores 4 --memory_mb 8 --storage_mb=9 --native_os centos:v7 --features a,b", .nodeinfo,
            "", nil),
        Effect(
            "nodeinfo-create n --cores 4 --memory_mb 800 --storage_mb=9 --native_os centos:v7 --features a,b",
            .nodeinfo, "n",
            ["cores": 4, "memory_mb": 800, "storage_mb": 9, "native_os": "centos:v7", "features": ["a", "b"]]),
        Effect(
            "allocation-create a.r --resource r --accountname x --pubtokendocurl d --hostkey k --keytype rsa",
            .allocation, "a.r",
            [
                "resource": "r", "accountname": "x", "pubtokendocurl": "d", "hostkey": "k", "type": "unlimited",
                "validate": 0, "keytype": "rsa", "rotate": 0,
            ]),
        Effect(
            "nodeset-create s --app_type htcondor --app_role worker-nodes", .nodeset, "s",
            [
                "node_number": 1, "app_type": "htcondor", "app_role": "worker-nodes", "app_peaceful": true,
                "walltime": 86400,
            ]),
        Effect(
            "nodeset-create s --node_number 3 --app_type workqueue --app_role worker-nodes --app_peaceful false "
                + "--app_lingertime 60 --app_killorder oldest --nodeinfo n --environment e --walltime 12h",
            .nodeset, "s",
            [
                "node_number": 3, "app_type": "workqueue", "app_role": "worker-nodes", "app_peaceful": false,
                "app_lingertime": 60, "app_killorder": "oldest", "nodeinfo": "n", "environment": "e", "walltime": 43200,
            ]),
        Effect("cluster-create c --nodesets s,t --public", .cluster, "c", ["nodesets": ["s", "t"], "public": true]),
        Effect(
            "environment-create e --packages a,b:1 --envvar A=1 --envvar B=x=y --command c --require-os redhat7 "
                + "--extra-args --verbose --extra-args x",
            .environment, "e",
            [
                "packagelist": ["a", "b:1"], "envmap": ["A": "1", "B": "x=y"], "files": [:], "command": "c",
                "required_os": "redhat7", "builder_extra_args": ["--verbose", "x"],
            ]),
        Effect(
            "request-create q --project p --cluster c --allocations a,b --environments e --expiration +6h "
                + "--headnode tower --organization X --owner eva",
            .request, "q",
            [
                "project": "p", "cluster": "c", "allocations": ["a", "b"], "environments": ["e"],
                "expiration": "2026-11-22T18:00:00.000Z", "headnode": "tower", "organization": "X",
                "policy": "static-balanced", "action": "run",
            ], owner: "eva"),
        Effect(
            "request-create q --project p --cluster c --expiration 2027-01-31T12:00:00", .request, "q",
            [
                "project": "p", "cluster": "c", "allocations": [], "environments": [],
                "expiration": "2027-01-31T12:00:00.000Z", "headnode": "local", "policy": "static-balanced",
                "action": "run",
            ]),
    ]

    @Test func aCascadeIsAskedForByName() async {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = await bench.run("project-delete survey --cascade")
        #expect(outcome.exitCode == 0 && outcome.output.isEmpty)
        #expect(await bench.infoservice.writes.last == "delete project survey and what refers to it")
    }

    @Test(arguments: creations.filter { !$0.attributes.isNull })
    func creatingStoresTheAttributesAndSaysNothing(_ effect: Effect) async throws {
        let bench = CommandLineBench()
        let outcome = await bench.run(effect.line)
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.isEmpty && outcome.notes.isEmpty)
        let record = try await bench.infoservice.record(effect.key.kind, effect.key.name)
        let schema = KindSchema.of(effect.key.kind)
        #expect(record.spec == schema.withDefaults(effect.attributes, part: .spec))
        #expect(record.metadata.owner == effect.owner)
    }

    static let changes: [Effect] = [
        Effect("project-adduser survey cid", .project, "survey", ["members": ["ben", "ana", "cid"]]),
        Effect("project-adduser survey ben", .project, "survey", ["members": ["ben", "ana"]]),
        Effect(
            "project-adduser survey cid --role viewer", .project, "survey",
            ["members": ["ben", "ana", "cid"], "roles": ["cid": "viewer"]]),
        Effect(
            "project-adduser survey ben --role owner", .project, "survey",
            ["members": ["ben", "ana"], "roles": ["ben": "owner"]]),
        Effect("project-removeuser survey ben", .project, "survey", ["members": ["ana"]]),
        Effect("project-addallocation survey x.y", .project, "survey", ["allocations": ["ana.midway", "x.y"]]),
        Effect("project-removeallocation survey ana.midway", .project, "survey", ["allocations": []]),
        Effect("cluster-addnodeset pool more", .cluster, "pool", ["nodesets": ["workers", "more"]]),
        Effect("cluster-removenodeset pool workers", .cluster, "pool", ["nodesets": []]),
        Effect("allocation-validate --allocationname ana.midway", .allocation, "ana.midway", ["validate": 1]),
        Effect("allocation-rotate-key ana.midway", .allocation, "ana.midway", ["rotate": 1]),
        Effect(
            "allocation-rotate-key ana.midway --keytype rsa", .allocation, "ana.midway",
            ["rotate": 1, "keytype": "rsa"]),
        Effect(
            "allocation-validate --allocationname ana.midway --hostkey line", .allocation, "ana.midway",
            ["validate": 1, "hostkey": "line"]),
    ]

    @Test(arguments: changes)
    func changingWritesTheAttributeAndSaysNothing(_ effect: Effect) async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let before = try await bench.infoservice.record(effect.key.kind, effect.key.name)
        let outcome = await bench.run(effect.line)
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.isEmpty && outcome.notes.isEmpty)
        let record = try await bench.infoservice.record(effect.key.kind, effect.key.name)
        #expect(record.spec == before.spec.merging(patch: effect.attributes))
    }

    static let namedThings = [
        "user ana", "project survey", "resource midway", "nodeinfo small", "nodeset workers", "cluster pool",
        "environment analysis",
    ]

    @Test(arguments: namedThings)
    func deletingRemovesAndSaysNothing(_ thing: String) async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let words = thing.split(separator: " ").map(String.init)
        let outcome = await bench.run("\(words[0])-delete \(words[1])")
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.isEmpty && outcome.notes.isEmpty)
        let again = await bench.run("\(words[0])-delete \(words[1])")
        #expect(again.exitCode == 3)
    }

    @Test(arguments: ["allocation ana.midway", "request run1"])
    func deletingWhatMustBeTornDownMarksIt(_ thing: String) async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let words = thing.split(separator: " ").map(String.init)
        let outcome = await bench.run("\(words[0])-delete \(words[1])")
        #expect(outcome.exitCode == 0, "\(outcome)")
        let kind = try #require(EntityKind(rawValue: words[0]))
        #expect(try await bench.infoservice.record(kind, words[1]).metadata.deleting != nil)
    }

    @Test func terminatingSetsTheActionAndConfirms() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = await bench.run("request-terminate --requestname run1")
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output == "request run1 is being terminated")
        #expect(try await bench.infoservice.record(.request, "run1").spec["action"] == "terminate")
    }

    @Test func aPublicKeyIsStoredWithoutItsNewline() async throws {
        let bench = CommandLineBench()
        let line = "ssh-ed25519 \(Self.publicKey) ana@laptop"
        let words = "user-create ana --firstname A --lastname L --email e --institution X --sshpubstring"
            .split(separator: " ").map(String.init)
        #expect(await bench.run(words + [line + "\n"]).exitCode == 0)
        #expect(try await bench.infoservice.record(.user, "ana").spec["sshpubstring"] == .string(line))
        let outcome = await bench.run(words + ["ssh-ed25519 AAAA"])
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.hasPrefix("Error: --sshpubstring "))
    }

    @Test func filesAreSentInBase64UnderTheirRemoteNames() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "client-\(UInt64.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data([0, 255, 10]).write(to: folder.appending(path: "in"))
        let bench = CommandLineBench()
        let path = folder.path()
        #expect(await bench.run("environment-create e --filesmap \(path)/in=out.bin").exitCode == 0)
        #expect(try await bench.infoservice.record(.environment, "e").spec["files"] == ["out.bin": "AP8K"])
        let outcome = await bench.run("environment-create f --filesmap \(path)/none=x")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output == "Error: cannot read file \(path)/none: No such file or directory")
    }

    @Test func anOwnKeyBecomesAPrivateTokenAndIsNeverPrinted() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let line = "allocation-create ana.engage --resource midway --accountname x --privtoken c2VjcmV0"
        #expect(await bench.run(line).exitCode == 0)
        let token = try await bench.infoservice.record(.privatetoken, "ana.engage")
        #expect(token.spec == ["data": "c2VjcmV0", "type": "ssh"])
        #expect(
            await bench.infoservice.writes.suffix(2) == [
                "create privatetoken ana.engage", "create allocation ana.engage",
            ])
        for output in ["text", "json", "table"] {
            #expect(await !bench.run("allocation-list --output \(output)").output.contains("c2Vj"))
        }
        let again = await bench.run(line)
        #expect(again.exitCode == 2)
        #expect(again.output.hasPrefix("Error: allocation ana.engage exists already"))
        #expect(await bench.run("allocation-create b.c --privtoken %%%").exitCode == 2)
    }

    @Test func anOwnKeyIsWithdrawnWhenItsAllocationIsRefused() async throws {
        let bench = CommandLineBench()
        #expect(await bench.run("allocation-create b.c --privtoken c2VjcmV0").exitCode == 1)
        #expect(try await bench.infoservice.records(.privatetoken).items.isEmpty)
    }

    @Test func thePublicKeyIsPrintedOnceThereIsOne() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        #expect(await bench.run("allocation-getpubtoken --allocation ana.midway").output == "None")
        let encoded = Data("ssh-ed25519 AAAA ana\n".utf8).base64EncodedString()
        try await bench.infoservice.setStatus(.allocation, "ana.midway", ["pubtoken": .string(encoded)])
        #expect(await bench.run("allocation-getpubtoken --allocation ana.midway").output == "ssh-ed25519 AAAA ana")
    }

    @Test func addingAndRemovingLoseNothingThatOthersWriteMeanwhile() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        for other in ["cid", "dan"] {
            await bench.infoservice.interfereAfterNextRead { store in
                let record = try await store.records(.project).items.first
                let members = (record?.spec["members"]?.arrayValue ?? []) + [.string(other)]
                _ = try await store.patchSpec(.project, "survey", with: ["members": .array(members)], expecting: nil)
            }
        }
        #expect(await bench.run("project-adduser survey eva").exitCode == 0)
        let members = try await bench.infoservice.record(.project, "survey").spec["members"]
        #expect(members == ["ben", "ana", "cid", "dan", "eva"])
    }

    @Test func removingWhatIsNotThereSaysSo() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = await bench.run("project-removeuser survey zoe")
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.notes == "note: zoe was not in members of project survey")
    }
}
