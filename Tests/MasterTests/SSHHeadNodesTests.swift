import Foundation
import HTCondorPool
import Testing
import VC3Commands
import VC3Model

@testable import Master

@Suite(
    .serialized,
    .enabled(
        if: Lab.isThere && ProcessInfo.processInfo.environment["VC3_CONDOR_PREFIX"] != nil,
        "needs VC3_LAB_KEY and VC3_CONDOR_PREFIX"))
struct SSHHeadNodesTests {
    static func withHeadNodes(_ body: (SSHHeadNodes, HeadNodeOrder, LocalAdmin) async throws -> Void) async throws {
        let folder = "/tmp/vc3-ssh-heads-\(UInt32.random(in: 0 ... .max))"
        let key = try #require(Lab.key)
        let hostKey = try await SSHSession.readHostKey(of: Lab.head)
        let host = SSHHeadNodeHost(
            name: "labhead", address: Lab.head, user: "vc3admin", keyFile: key, hostKey: hostKey.line)
        let folders = HeadNodeFolders(root: folder + "/headnodes")
        let heads = SSHHeadNodes(
            host: host, folders: folders,
            playbooks: PlaybookRunner(
                program: ProcessInfo.processInfo.environment["VC3_ANSIBLE_PLAYBOOK"] ?? "ansible-playbook",
                folder: Lab.playbooks, workFolder: folder + "/work",
                condorPrefix: ProcessInfo.processInfo.environment["VC3_CONDOR_PREFIX"], condorArchive: nil),
            session: HeadNodeSession(host: host, folder: folder + "/session"))
        var order = HeadNodeOrder(
            request: "r", owner: "ana", signingKey: try await folders.signingKey(of: "r"))
        order.users = ["ana": Bench.publicKey, "ben": Bench.publicKey]
        order.identities = ["ana": "11-22"]
        let admin = LocalAdmin(
            session: SSHSession(
                endpoint: SSHEndpoint(host: Lab.head, user: "vc3admin", hostKey: hostKey),
                credentials: SSHCredentials(privateKey: [UInt8](try Data(contentsOf: URL(fileURLWithPath: key)))),
                folder: folder + "/admin"))
        let before = try await admin.inventory()
        do {
            try await body(heads, order, admin)
        } catch {
            try await heads.remove("r", detail: [:])
            throw error
        }
        try await heads.remove("r", detail: [:])
        #expect(try await admin.inventory().split(separator: "\n") == before.split(separator: "\n"))
        await admin.session.close()
        try FileManager.default.removeItem(atPath: folder)
    }

    struct LocalAdmin {
        let session: SSHSession

        func root(_ script: String) async throws -> String {
            let result = try await session.run(Command(["sudo", "-n", "sh", "-c", script]))
            return result.output + result.errorOutput
        }

        /// What a head node may leave: accounts, files, processes.
        func inventory() async throws -> String {
            try await root(
                "cat /etc/passwd /etc/group; ls -d /opt/* /home/* /etc/profile.d/*; "
                    + "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep '^[^ ]*/condor_[a-z_]*$' | sort; "
                    + "cat /home/*/.ssh/authorized_keys")
        }
    }

    @Test func aHostBecomesAHeadNodeAndIsGivenBackAsItWas() async throws {
        try await Self.withHeadNodes { heads, order, admin in
            let detail = await heads.prepare(order, recorded: [:])
            let steps = Steps()
            var state = HeadNodeState.starting("")
            let taken = try await ContinuousClock().measure {
                state = try await heads.ensure(order, detail: detail) { await steps.add($0) }
            }
            print("ssh head node ready after \(taken)")
            #expect(state == .ready(address: Lab.head, port: 9618))
            #expect(await steps.all.contains("Unpack HTCondor"))
            #expect(try await heads.workers(of: "r", detail: detail) == 0)
            let root = HeadNodeSession.root
            #expect(
                try await admin.root("stat -c '%a %U' \(root)/local/passwords.d/vc3 \(root)/local/passwords.d")
                    == "600 root\n700 root\n")
            #expect(
                try await admin.root("id ana >/dev/null && grep -c vc3-headnode ~ben/.ssh/authorized_keys") == "1\n")
            #expect(try await admin.root("sudo -l -U ana").contains("not allowed"))
            let submitted = try await admin.root(
                "su - ana -c 'printf \"executable=/bin/true\\nqueue\\n\" >j; condor_submit j && condor_q -af ClusterId'"
            )
            #expect(submitted.hasSuffix("\n1\n"), "\(submitted)")

            // A second request waits and is told for whom.
            var other = order
            other.request = "s"
            guard
                case .blocked(let reason, let message, _) = try await heads.ensure(
                    other, detail: detail, progress: { _ in })
            else {
                Issue.record("the host was given to two requests")
                return
            }
            #expect(reason == "HostInUse")
            #expect(message.contains("serves request r"))
            try await heads.remove("s", detail: [:])
            #expect(try await heads.workers(of: "r", detail: detail) == 0)
        }
    }

    @Test func aPoolThatDiedIsMadeAgain() async throws {
        try await Self.withHeadNodes { heads, order, admin in
            let detail = await heads.prepare(order, recorded: [:])
            _ = try await heads.ensure(order, detail: detail) { _ in }
            _ = try await admin.root(
                "pkill -KILL condor_; kill -9 $(cat \(HeadNodeSession.root)/local/run/master.pid); sleep 1; rm -f /home/ana/.ssh/authorized_keys"
            )
            _ = try await admin.root(
                "for p in /proc/[0-9]*; do grep -qz '/condor_[a-z_]*$' $p/cmdline && kill -9 ${p#/proc/}; done")
            await #expect(throws: VC3Error.self) { try await heads.workers(of: "r", detail: detail) }
            #expect(try await heads.ensure(order, detail: detail) { _ in } == .ready(address: Lab.head, port: 9618))
            #expect(try await heads.workers(of: "r", detail: detail) == 0)
            #expect(try await admin.root("grep -c vc3-headnode /home/ana/.ssh/authorized_keys") == "1\n")
        }
    }

    actor Steps {
        var all: [String] = []
        func add(_ step: String) { all.append(step) }
    }
}

@Suite struct PlaybookOutputTests {
    static let output = """
        PLAY [HTCondor head node] ***

        TASK [Check the variables] ****
        ok: [h]

        TASK [Unpack HTCondor] ****
        fatal: [h]: FAILED! => {"changed": false, "msg": "no space left", "stderr": ""}

        PLAY RECAP ****
        h : ok=1 failed=1
        """

    @Test func theLastTaskIsTheProgress() {
        #expect(PlaybookRunner.lastTask(in: Self.output) == "Unpack HTCondor")
        #expect(PlaybookRunner.lastTask(in: "PLAY") == nil)
    }

    @Test func anErrorNamesItsTaskAndCause() {
        #expect(PlaybookRunner.lastError(in: Self.output) == "Unpack HTCondor: no space left")
        #expect(
            PlaybookRunner.lastError(in: "ERROR! the playbook could not be found")
                == "ERROR! the playbook could not be found")
    }
}
