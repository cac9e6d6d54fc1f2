import Testing
import VC3Model

@Suite struct BatchRulesTests {
    /// What each batch system takes, and what it does not have.
    @Test(arguments: [
        (
            BatchSystemFlavor.slurm,
            [BatchRules.Option.queue, .account, .qos, .reservation, .constraint, .wholenode, .gpus]
        ),
        (.sge, [.queue, .account, .reservation, .constraint, .wholenode, .gpus]),
        (.condor, [.account, .constraint, .gpus]),
        (.pbs, [.queue, .account, .constraint, .wholenode, .gpus]),
        (.torque, [.queue, .account, .qos, .reservation, .constraint, .wholenode, .gpus]),
        (.lsf, [.queue, .account, .reservation, .constraint, .wholenode, .gpus]),
        (.kubernetes, [.queue, .qos, .constraint, .gpus]), (.local, []),
    ])
    func whatABatchSystemDoesNotHaveIsRefusedByName(flavor: BatchSystemFlavor, has: [BatchRules.Option]) {
        let all = BatchOptions(
            queue: "q1", account: "phys", qos: "high", reservation: "r1", constraint: "big", wholenode: true, gpus: 2)
        let problems = BatchRules.of(flavor).problems(with: all)
        #expect(problems.map(\.member) == BatchRules.Option.allCases.filter { !has.contains($0) }.map(\.rawValue))
        #expect(problems.allSatisfy { $0.problem.contains(flavor.title) })
        #expect(BatchRules.of(flavor).problems(with: BatchOptions(wholenode: false, gpus: 0)).isEmpty)
    }

    @Test(arguments: BatchSystemFlavor.allCases) func nothingIsTakenForSomethingElse(flavor: BatchSystemFlavor) {
        let rules = BatchRules.of(flavor)
        for text in [
            "", " ", "a\nb", "-x", "a\u{0}", "a\t", "caf\u{e9}", " a", "a ", String(repeating: "a", count: 1025),
        ] {
            for options in [
                BatchOptions(queue: text), BatchOptions(account: text), BatchOptions(qos: text),
                BatchOptions(reservation: text), BatchOptions(constraint: text),
            ] {
                #expect(rules.problems(with: options).count == 1)
                #expect(!BatchOptions.problems(withTextsOf: options).isEmpty)
            }
        }
        for text in ["", "a\nb", "--comment=a\n--job-name=b", "+A = 1\nqueue 5"] {
            #expect(!rules.problems(with: BatchOptions(submitargs: [text])).isEmpty)
        }
        for text in ["a;b", "$(id)", "a`b", "a>b|c;", "a'b\"c\\"] {
            #expect(!rules.problems(with: BatchOptions(queue: text)).isEmpty)
        }
    }

    @Test(arguments: [
        (
            BatchSystemFlavor.slurm,
            ["--comment=a b", "--comment a", "-w n1", "--nice=-5", "--hold", "-H", "--gres=gpu:a100:2"]
        ),
        (.sge, ["-l gpu=1", "-hold_jid 5", "-h", "-soft", "-V", "-ac x=y"]),
        (.condor, ["priority = 5", "+Project = \"phys\"", "My.Project = 1", "concurrency_limits=a:2", "Rank = Mips"]),
        (.pbs, ["-l software=x", "-W group_list=phys", "-V", "-h"]), (.torque, ["-l file=1gb", "-n"]),
        (.lsf, ["-app big", "-R select[mem>5]", "-H"]),
    ])
    func directivesOfTheManualArePassedOn(flavor: BatchSystemFlavor, directives: [String]) {
        #expect(BatchRules.of(flavor).problems(with: BatchOptions(submitargs: directives)) == [])
    }

    /// Neither the tag, nor where the pilot runs, nor what is asked for by an option of its own; nothing but options.
    @Test(arguments: [
        (
            BatchSystemFlavor.slurm,
            [
                "--job-name=x", "--job-name x", "-J x", "-Jx", "--job-n=x", "--array=1-5", "-a1", "--wrap=id",
                "evil.sh",
                "--hold evil.sh", "-H evil.sh", "--comment", "--nosuch", "--parsable", "-D /", "--chdir=/",
                "--test-only",
                "--comment=", "--comment --job-name=x", "-HJx", "--time=1", "-p debug", "--", "-", "=x", "--=x", "-W",
            ]
        ),
        (
            .sge,
            [
                "-N x", "-t 1-5", "-sync y", "-b y", "evil.sh", "-V evil.sh", "-terse", "-@ file", "-l", "-q all.q",
                "-nosuch",
            ]
        ),
        (
            .condor,
            [
                "queue 5", "queue", "Executable = /bin/rm", "arguments=x", "+VC3_Pilot = \"x\"", "My.vc3_pilot = \"x\"",
                "batch_name = x", "+JobBatchName = \"x\"", "include : file", "priority = 5 \\", "log = x", "nosuch = 1",
                "+ = 1",
                "+A B = 1", "priority =", "environment = \"A=1\"", "leave_in_queue = false", "+LeaveJobInQueue = false",
            ]
        ),
        (.pbs, ["-N x", "-J 1-5", "-I", "-Nx", "evil.sh", "-V evil.sh", "-- /bin/id", "-q a"]),
        (.torque, ["-N x", "-t 1-5", "-I", "-d /", "-z", "evil.sh"]),
        (.lsf, ["-J x", "-K", "-I", "-o x", "evil.sh", "-H evil.sh", "-Jx"]),
        (.kubernetes, ["--namespace=x"]), (.local, ["-x"]),
    ])
    func otherDirectivesAreNot(flavor: BatchSystemFlavor, directives: [String]) {
        for directive in directives {
            let problems = BatchRules.of(flavor).problems(with: BatchOptions(submitargs: [directive]))
            #expect(problems.map(\.member) == ["submitargs[0]"], "\(directive)")
        }
    }

    @Test func aMistypedDirectiveIsToldTheNearest() {
        let problems = BatchRules.of(.slurm).problems(with: BatchOptions(submitargs: ["--coment=x"]))
        #expect(problems.first?.problem.contains("did you mean --comment?") == true)
    }

    @Test func settingsBelongToTheirBatchSystem() {
        func problems(_ flavor: BatchSystemFlavor, _ settings: [String: String]) -> [String] {
            BatchRules.of(flavor).problems(withSettings: settings).map(\.member)
        }
        #expect(problems(.sge, ["parallelenvironment": "mp", "memoryresource": "h_vmem"]) == [])
        #expect(problems(.slurm, ["parallelenvironment": "mp"]) == ["parallelenvironment"])
        #expect(problems(.sge, ["memoryresource": "-x", "gpuresource": "a b", "exclusiveresource": ""]).count == 3)
        #expect(problems(.kubernetes, [:]) == ["image"])
        #expect(problems(.kubernetes, ["image": "registry.edu:5000/vc3/pilot@sha256:1", "namespace": "ana"]) == [])
    }

    @Test func theClosestWordHolds() {
        let site = BatchOptions(queue: "a", account: "x", gpus: 1, walltime: 100, submitargs: ["--one"])
        let own = site.overridden(by: BatchOptions(queue: "b", walltime: 500, submitargs: ["--two"]))
        #expect(
            own == BatchOptions(queue: "b", account: "x", gpus: 1, walltime: 100, submitargs: ["--one", "--two"]))
        #expect(BatchOptions().overridden(by: BatchOptions()) == BatchOptions())
    }

    @Test func wrongOptionsAreRefusedWhereTheyAreWritten() {
        let resource: JSONValue = [
            "accesstype": "batch", "accessmethod": "ssh", "accessflavor": "condor", "nodeinfo": "n",
            "batch": ["queue": "long", "submitargs": ["queue 5"]], "batchsettings": ["image": "x"],
        ]
        #expect(
            KindSchema.of(.resource).problems(in: resource, part: .spec).map(\.field) == [
                "spec.batch.queue", "spec.batch.submitargs[0]", "spec.batchsettings.image",
            ])
        let allocation: JSONValue = ["resource": "r", "accountname": "ana", "batch": ["account": "a\nb"]]
        #expect(
            KindSchema.of(.allocation).problems(in: allocation, part: .spec).map(\.field) == ["spec.batch.account"])
        let nodeset: JSONValue = [
            "app_type": "htcondor", "app_role": "worker-nodes", "batch": ["queu": "a", "gpus": -1],
        ]
        #expect(
            KindSchema.of(.nodeset).problems(in: nodeset, part: .spec).map(\.field) == [
                "spec.batch.queu", "spec.batch.gpus",
            ])
    }

    @Test func aNodesetsWordIsBeforeTheAllocationsAndTheResources() {
        func entity<Kind: EntityType>(_ type: Kind.Type, _ name: String, _ spec: Kind.Spec, _ status: Kind.Status)
            -> Entity<Kind>
        {
            let now = Timestamp(milliseconds: 0)
            return Entity(
                metadata: EntityMetadata(
                    kind: Kind.kind, name: name, revision: Revision(1), generation: 1, owner: "ana", created: now,
                    updated: now), spec: spec, status: status)
        }
        let resource = entity(
            Resource.self, "r",
            Resource.Spec(
                accesstype: "batch", accessmethod: "ssh", accessflavor: "slurm",
                batch: BatchOptions(queue: "a", qos: "low", cores: 4, walltime: 900, submitargs: ["--one"]),
                nodeinfo: "n"), PlainStatus())
        let allocation = entity(
            Allocation.self, "l",
            Allocation.Spec(
                resource: "r", accountname: "ana", batch: BatchOptions(queue: "b", account: "phys", memory_mb: 500)),
            Allocation.Status())
        let nodeinfo = entity(Nodeinfo.self, "n", Nodeinfo.Spec(cores: 1, memory_mb: 100, storage_mb: 1), PlainStatus())
        func choice(_ nodeinfoName: String?, _ batch: BatchOptions, walltime: Int = 3600) -> BatchChoice {
            let nodeset = entity(
                Nodeset.self, "s",
                Nodeset.Spec(
                    app_type: "htcondor", app_role: "worker-nodes", walltime: walltime, nodeinfo: nodeinfoName,
                    batch: batch), Nodeset.Status())
            return BatchChoice(nodeset: nodeset, allocation: allocation, resource: resource, nodeinfo: nodeinfo)
        }
        let plain = choice(nil, BatchOptions())
        #expect(plain.options == BatchOptions(queue: "b", account: "phys", qos: "low", submitargs: ["--one"]))
        #expect(plain.cores == 4 && plain.memory_mb == 500 && plain.walltime == 900)
        let own = choice("n", BatchOptions(queue: "c", cores: 2), walltime: 60)
        #expect(own.options.queue == "c" && own.cores == 2 && own.memory_mb == 100 && own.walltime == 60)
    }
}
