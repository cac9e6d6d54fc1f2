import Foundation
import InfoserviceAPI
import Testing
import VC3Model

@testable import ClientCommands

@Suite struct OutputTests {
    static let listings = [
        ("user-list", "User", "ana"), ("project-list", "Project", "survey"), ("resource-list", "Resource", "midway"),
        ("nodeinfo-list", "Nodeinfo", "small"), ("allocation-list", "Allocation", "ana.midway"),
        ("nodeset-list", "Nodeset", "workers"), ("cluster-list", "Cluster", "pool"),
        ("environment-list", "Environment", "analysis"), ("request-list", "Request", "run1"),
    ]

    @Test(arguments: listings)
    func aListHasALinePerEntityWhoseSecondWordIsItsName(_ command: String, _ type: String, _ name: String) async {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = await bench.run(command)
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.split(separator: "\n").count == 1)
        let words = outcome.output.split(separator: " ")
        #expect(words.first == "\(type)(")
        #expect(words[1] == "name=\(name)")
        #expect(words[2] == "state=new")
        #expect(outcome.output.hasSuffix(" )"))
        let option = command == "resource-list" ? "resource" : command == "user-list" ? "username" : ""
        let one = await bench.run(
            "\(command) --\(option.isEmpty ? command.replacing("-list", with: "name") : option) \(name)")
        #expect(one.output == outcome.output)
    }

    @Test func anAllocationShowsItsKeysAndWhatIsWrong() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let refused = Condition(
            type: "Validated", status: .no, reason: "HostKeyChanged", message: "login shows SHA256:z instead",
            since: CommandLineBench.now + .seconds(-60), mender: .user)
        try await bench.infoservice.setStatus(
            .allocation, "ana.midway",
            [
                "state": "validation_failure", "pubtoken": "c3NoLWtleSBBQUFB",
                "pubtoken_fingerprint": "ssh-ed25519 SHA256:x", "hostkey_fingerprints": ["login ssh-rsa SHA256:y"],
                "conditions": try JSONValue(encoding: [refused] as [Condition]),
            ])
        let shown = await bench.run("allocation-show ana.midway").output
        let wanted = [
            "allocation  ana.midway, of ana", "state       validation_failure", "account     alima at midway",
            "key         ssh-ed25519 SHA256:x", "public key  ssh-key AAAA", "host key    login ssh-rsa SHA256:y",
            "problem     Validated is false for 1m (HostKeyChanged): login shows SHA256:z instead; you can mend this",
        ]
        #expect(shown == wanted.joined(separator: "\n"))
        for form in ["text", "table", "json"] {
            let list = await bench.run("allocation-list --output \(form)").output
            #expect(list.contains("ssh-ed25519 SHA256:x") && list.contains("login ssh-rsa SHA256:y"), "\(list)")
        }
        #expect(await bench.run("allocation-show none").exitCode == 3)
    }

    @Test func theLineShowsAttributesInTheOriginalsOrderAndForm() async {
        let bench = CommandLineBench()
        await bench.run("project-create survey --members ben --organization X")
        #expect(
            await bench.run("project-list").output
                == "Project( name=survey state=new owner=ana members=['ben', 'ana'] allocations=[] blueprints=[] "
                + "organization=X description=None displayname=None url=None docurl=None roles={} state_reason=None )")
    }

    @Test func longStringsAreCutAndLinesStayWhole() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let long = String(repeating: "x", count: 81)
        try await bench.infoservice.setStatus(
            .request, "run1",
            ["state": "running", "state_reason": .string("first\nsecond"), "statusinfo": ["w": ["running": 1]]])
        _ = try await bench.infoservice.patchSpec(
            .request, "run1", with: ["description": .string(long)], expecting: nil)
        let line = await bench.run("request-list").output
        #expect(line.contains("state=running"))
        #expect(line.contains("description=" + String(repeating: "x", count: 25) + "...  "))
        #expect(line.contains("state_reason=first\\nsecond"))
        #expect(line.contains("statusinfo={'w': {'running': 1}}"))
        #expect(!line.contains("\n"))
    }

    @Test(
        arguments: [
            (JSONValue.null, "None"), (true, "True"), (false, "False"), (3, "3"), (JSONValue.number(1.5), "1.5"),
            ("a'b", "\"a'b\""), ("a'\"b", "'a\\'\"b'"),
            ("a\\\nb", "'a\\\\\\nb'"),
            (["a", 1], "['a', 1]"), (["k": nil], "{'k': None}"), ([:], "{}"), ([], "[]"),
        ] as [(JSONValue, String)])
    func valuesAreWrittenAsPythonWritesThem(_ value: JSONValue, _ text: String) {
        #expect(TextForm.literal(value) == text)
    }

    @Test(arguments: listings)
    func jsonIsTheStoredRecord(_ command: String, _ type: String, _ name: String) async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = await bench.run("\(command) --output json")
        let records = try JSONDecoder().decode([EntityRecord].self, from: Data(outcome.output.utf8))
        let kind = try #require(EntityKind(rawValue: type.lowercased()))
        #expect(try await records == [bench.infoservice.record(kind, name)])
    }

    @Test func anEmptyListIsAnAnswer() async {
        let bench = CommandLineBench()
        for (format, text) in [("text", ""), ("json", "[\n\n]"), ("table", "NAME  OWNER  NODESETS  PUBLIC")] {
            let outcome = await bench.run("cluster-list --output \(format)")
            #expect(outcome.exitCode == 0)
            #expect(outcome.output == text)
        }
    }

    @Test func aTableFitsTheTerminal() async {
        let bench = CommandLineBench()
        await bench.prepare()
        let wide = await bench.run("request-list --output table")
        #expect(
            wide.output == """
                NAME  STATE  OWNER  PROJECT  CLUSTER  WORKERS  EXPIRES  REASON
                run1  new    ana    survey   pool     0        -        -
                """)
        for (command, _, _) in Self.listings {
            for width in [60, 80, 100] {
                let table = await bench.run("\(command) --output table", width: width)
                #expect(table.output.split(separator: "\n").allSatisfy { $0.count <= width }, "\(table.output)")
            }
        }
        let narrow = TableForm.text(header: ["A", "B"], rows: [["abcdefghij", "x"]], width: 9)
        #expect(narrow == "A       B\nabcde…  x")
    }

    @Test func statusAndStateKeepTheOriginalsForms() async throws {
        let bench = CommandLineBench()
        await bench.prepare()
        #expect(await bench.run("request-state --request run1").output == "('new', None)")
        #expect(await bench.run("request-status --request run1").output == "None")
        #expect(await bench.run("request-status --request run1 --raw").output == "None")
        try await bench.infoservice.setStatus(
            .request, "run1",
            [
                "state": "running", "state_reason": "all is well",
                "statusinfo": ["workers": ["running": 2, "idle": 1, "error": 0, "node_number": 3, "requested": 3]],
            ])
        #expect(await bench.run("request-state --request run1").output == "('running', 'all is well')")
        #expect(
            await bench.run("request-status --request run1").output
                == "{'workers': {'error': 0, 'idle': 1, 'node_number': 3, 'requested': 3, 'running': 2}}")
        #expect(
            await bench.run("request-status --request run1 --output table").output
                == "NODESET  REQUESTED  RUNNING  IDLE  ERROR\nworkers  3          2        1     0")
    }
}
