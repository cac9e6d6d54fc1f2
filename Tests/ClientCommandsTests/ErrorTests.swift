import InfoserviceAPI
import Testing
import VC3Model

@testable import ClientCommands

@Suite struct ErrorTests {
    @Test(arguments: CommandLineBench.mainJob.filter { $0.contains("-create") })
    func creatingWhatExistsExitsWithTwo(_ line: String) async {
        let bench = CommandLineBench()
        await bench.prepare()
        let outcome = await bench.run(line)
        #expect(outcome.exitCode == 2)
        #expect(outcome.output.hasPrefix("Error: "))
        #expect(outcome.output.contains("exists already\n  next: choose another name, or look at it with vc3-client "))
    }

    @Test(
        arguments: [
            "project-adduser none x", "project-removeuser none x", "project-addallocation none x",
            "project-removeallocation none x", "cluster-addnodeset none x", "cluster-removenodeset none x",
            "allocation-validate --alloc none", "request-terminate --req none",
        ])
    func changingWhatIsMissingExitsWithTwo(_ line: String) async {
        let outcome = await CommandLineBench().run(line)
        #expect(outcome.exitCode == 2)
        #expect(outcome.output.hasPrefix("Error: there is no "))
    }

    @Test(
        arguments: [
            "user-list --username none", "project-list --projectname none", "resource-list --resource none",
            "nodeinfo-list --nodeinfoname none", "allocation-list --allocationname none",
            "nodeset-list --nodesetname none", "cluster-list --clustername none",
            "environment-list --environmentname none", "request-list --requestname none", "user-delete none",
            "project-delete none", "resource-delete none", "nodeinfo-delete none", "allocation-delete none",
            "nodeset-delete none", "cluster-delete none", "environment-delete none", "request-delete none",
            "allocation-getpubtoken --allocationname none", "request-status --requestname none",
            "request-state --requestname none", "request-explain --requestname none",
            "request-getconfstring --requestname none --conftype auth", "request-wait --requestname none --for running",
            "request-delete none --with-cluster",
        ])
    func showingOrDeletingWhatIsMissingExitsWithThree(_ line: String) async {
        let outcome = await CommandLineBench().run(line)
        #expect(outcome.exitCode == 3)
        #expect(outcome.output.hasPrefix("Error: there is no "))
    }

    @Test func aMistypedNameBringsTheNearestOne() async {
        let bench = CommandLineBench()
        await bench.prepare()
        #expect(
            await bench.run("project-list --projectname survy").output
                == "Error: there is no project survy\n  next: did you mean survey?")
    }

    @Test func allProblemsAreNamedByTheirOptions() async {
        let bad = await CommandLineBench().run("nodeset-create s --node_number=9999999 --app_role boss")
        #expect(bad.exitCode == 1)
        #expect(
            bad.output == """
                Error: nodeset s cannot be stored
                  --node_number (spec.node_number): is 9999999; needed is an integer from 0 to 1000000
                  --app_type (spec.app_type): is required
                  --app_role (spec.app_role): is "boss"; allowed are head-node, worker-nodes
                """)
        let bench = CommandLineBench()
        await bench.infoservice.failNext(
            VC3Error(.invalid, "no", problems: [.init(field: "spec.packagelist[0]", problem: "is odd")]))
        #expect(
            await bench.run("environment-create e --packages a").output
                == "Error: no\n  --packages (spec.packagelist[0]): is odd")
    }

    @Test func anUnreachableInfoserviceIsNamedWithTheFileThatNamesIt() async {
        let bench = CommandLineBench()
        await bench.infoservice.failNext(VC3Error(.unavailable, "connection refused"))
        let outcome = await bench.run("user-list")
        #expect(outcome.exitCode == 1)
        #expect(
            outcome.output == """
                Error: connection refused
                  the address info.example.edu:20334 comes from /etc/client.conf:3
                  next: check that the address is right and that the service runs, then try again
                """)
        await bench.infoservice.failNext(VC3Error(.unavailable, "no answer within 30 s"))
        #expect(await bench.run("user-delete ana").output.contains("may have been made all the same"))
    }

    @Test(
        arguments: [
            (VC3Error.Code.forbidden, "ask its owner, or a VC3 admin"), (.unauthenticated, "check certfile"),
            (.inUse, "delete what refers to it first"), (.internal, "tell a VC3 admin"),
            (VC3Error.Code(rawValue: "minted-later"), ""),
        ])
    func everyErrorSaysWhatToDoNext(_ code: VC3Error.Code, _ advice: String) async {
        let bench = CommandLineBench()
        await bench.infoservice.failNext(VC3Error(code, "so it is"))
        let outcome = await bench.run("cluster-delete pool")
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.hasPrefix("Error: so it is"))
        #expect(outcome.output.contains(advice))
    }

    @Test func whatKeepsItFromConnectingIsSaidAndExitsWithOne() async {
        struct Unusable: Error, CustomStringConvertible { let description = "no infohost in [netcomm]" }
        let bench = CommandLineBench()
        let outcome = await bench.run("user-list", connecting: { throw Unusable() })
        #expect(outcome.exitCode == 1)
        #expect(outcome.output == "Error: no infohost in [netcomm]")
    }

    @Test(
        arguments: [
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBn2xU0gPzCPMY0VEDTgMUq0PBpiZDWmzXGqAU2yWm5b", nil),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBn2xU0gPzCPMY0VEDTgMUq0PBpiZDWmzXGqAU2yWm5b a comment", nil),
            ("", "type base64"), ("hello", "type base64"), ("ssh-foo AAAA", "allowed are"),
            ("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIBn2xU0gPzCPMY0VEDTgMUq0PBpiZDWmzXGqAU2yWm5b", "another type"),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBn2xU0gPzCPMY0VEDTgMUq0PBpiZDWmzXGqAU2y", "cut"),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "cut"), ("ssh-ed25519 %%%", "base64"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----", "private key"), ("ssh-rsa A\nssh-rsa B", "more than one line"),
        ] as [(String, String?)])
    func aPublicKeyLineIsReadForWhatIsWrongWithIt(_ line: String, _ problem: String?) {
        let found = SSHPublicKeyLine.problem(with: line)
        #expect((found == nil) == (problem == nil), "\(found ?? "")")
        if let problem { #expect(found?.contains(problem) == true, "\(found ?? "")") }
    }
}
