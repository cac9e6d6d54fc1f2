import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// The accounts and servers of ``HostileAccountTests``: this machine, a host of the lab, as root.
struct HostileHost: Sendable {
    /// The repository as this host sees it; without it there are no such tests.
    static let repository = ProcessInfo.processInfo.environment["VC3_HOSTILE_ACCOUNTS"]

    let folder: String

    @discardableResult
    static func shell(_ script: String) async throws -> String {
        let result = try await LocalRunner().run(.shell(script, timeout: .seconds(60)))
        try #require(result.succeeded, "\(script): \(result)")
        return result.output
    }

    /// An account with a home of 8 MB of its own, which `prepare`, run in it as root, spoils. The key that logs in lies elsewhere.
    func add(_ name: String, shell: String, prepare: String) async throws {
        try await Self.shell(
            """
            # Others are adding theirs.
            for try in $(seq 100); do
                ! useradd -M -U -s \(shell) -p '*' -d /home/\(name) \(name) || break
                sleep 0.1
            done
            mkdir -p /home/\(name) && mount -t tmpfs -o size=8m,mode=700 \(name) /home/\(name)
            chown \(name): /home/\(name)
            cd /home/\(name)
            \(prepare)
            """)
    }

    func remove(_ name: String) async throws {
        try await Self.shell(
            "pkill -KILL -u \(name); cd /; umount -l /home/\(name); rm -rf /home/\(name); until userdel \(name); do sleep 0.1; done"
        )
    }

    /// Runs an sshd with a banner, which takes the test's key for every account.
    ///
    /// - Parameter inside: Shell lines that change what this server and its sessions see of the host's files.
    func serving<Result>(_ inside: String = ":", _ body: (Int) async throws -> Result) async throws -> Result {
        let port = Int.random(in: 20_000...29_999)
        let own = "\(folder)/sshd-\(port)"
        try """
        ListenAddress 127.0.0.1
        Port \(port)
        HostKey /etc/ssh/lab_host_key
        PidFile none
        AuthorizedKeysFile \(folder)/key.pub
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        Banner \(folder)/banner
        PrintMotd yes
        """.write(toFile: own, atomically: true, encoding: .utf8)
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        server.arguments = ["-m", "sh", "-ec", "\(inside)\nexec /usr/sbin/sshd -D -f \(own) -E \(own).log"]
        try server.run()
        defer {
            _ = try? Process.run(
                URL(fileURLWithPath: "/usr/bin/pkill"), arguments: ["-KILL", "-P", "\(server.processIdentifier)"])
            kill(server.processIdentifier, SIGKILL)
        }
        let log = { (try? String(contentsOfFile: own + ".log", encoding: .utf8)) ?? "" }
        let end = ContinuousClock.now + .seconds(30)
        while !log().contains("Server listening") {
            try #require(ContinuousClock.now < end && server.isRunning, "sshd does not listen: \(log())")
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await body(port)
    }

    /// The account as a Slurm site, and the session that leads there.
    func site(_ account: String, port: Int, limits: SSHLimits = SSHLimits()) async throws -> (ShellSite, SSHSession) {
        let key = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/key"))
        let hostKey = try PinnedHostKey(line: String(contentsOfFile: "/etc/ssh/lab_host_key.pub", encoding: .utf8))
        let session = SSHSession(
            endpoint: SSHEndpoint(host: "127.0.0.1", port: port, user: account, hostKey: hostKey),
            credentials: SSHCredentials(privateKey: Array(key)), folder: "\(folder)/s-\(account)-\(port)",
            limits: limits)
        let connection = ShellSite.Connection(runner: session, batch: SlurmBatchSystem())
        let site = ShellSite(
            folder: "factory", site: SiteID(rawValue: "site"), term: 1,
            bundle: try await .opened("\(folder)/worker.tar.gz"), payload: NoisyPayload(), permit: {}
        ) { () async throws(SiteFailure) in connection }
        return (site, session)
    }

    func order(_ name: String) -> PilotOrder {
        var spec = Simulation.spec(wanted: 1)
        spec.walltime = 600
        spec.cores = 1
        spec.memory_mb = 10
        return PilotOrder(pilot: PilotID(rawValue: name), pilotSet: "set", spec: spec, token: "secret")
    }
}

/// A pilot that says what is no UTF-8, makes itself a folder as a pilot's script does, and waits.
struct NoisyPayload: PilotPayload {
    func files(for order: PilotOrder, at place: PilotPlace) -> [PilotFile] {
        let script = """
            #!/bin/sh
            \(String(repeating: "# \(String(repeating: "long", count: 20))\n", count: 100))
            printf 'caf\\351 \\377\\376 \\200\\n'
            printf '{"phase":"started","node":"%s"}\\n' "$(uname -n)" >'\(place.folder)/report.json'
            exec sleep 300
            """
        return [
            PilotFile(name: "token", content: order.token),
            PilotFile(name: "pilot.sh", content: script),
        ]
    }
}

func withHostileHost(_ body: (HostileHost) async throws -> Void) async throws {
    // Not in /tmp, which some cases spoil.
    let folder = try await HostileHost.shell("mktemp -d /var/lib/vc3-hostile.XXXXXX").trimmingCharacters(
        in: .whitespacesAndNewlines)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await HostileHost.shell(
        """
        chmod 755 \(folder)
        ssh-keygen -q -t ed25519 -N '' -f \(folder)/key </dev/null
        chmod 644 \(folder)/key.pub
        yes 'All of you are being watched. \\303\\244' | head -n 300 >\(folder)/banner
        echo bundle >\(folder)/worker.tar.gz
        """)
    try await body(HostileHost(folder: folder))
}
