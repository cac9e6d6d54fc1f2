import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// What accounts at real sites are like, over a real sshd and with a real Slurm behind. Runs as root inside a Slurm host of the
/// lab: see `Tools/test`. Each case either works, or its failure names the cause and who can mend it.
@Suite(.enabled(if: HostileHost.repository != nil)) struct HostileAccountTests {
    struct Account: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var shell = "/bin/bash"
        /// Run in the home, as root.
        var prepare = ":"
        var failure: Failure?
    }
    struct Failure: Sendable {
        var reason: String
        var mender: Condition.Mender
        var word: String
    }

    private static let manyLines = "for n in 1 2 3 4 5; do echo \"line $n of 'news' \\$(date) @@vc3 end\"; done"
    static let working: [Account] =
        ["/bin/dash", "/bin/csh", "/bin/tcsh", "/usr/bin/fish", "/usr/bin/zsh"].map {
            Account(testDescription: "login shell \($0)", shell: $0)
        } + [
            Account(
                testDescription: ".bashrc that speaks on both streams",
                prepare: "echo '\(manyLines); printf half; echo warning >&2; mesg n; stty erase x; tput clear' >.bashrc"
            ),
            Account(
                testDescription: ".bashrc that changes everything",
                prepare:
                    "echo 'set -euf; cd /; umask 0; IFS=x; export LC_ALL=xx_YY.bogus LANG=ja_JP.eucJP TMPDIR=/none "
                    + "BASH_ENV=~/.bashrc CDPATH=/tmp GREP_OPTIONS=-v POSIXLY_CORRECT=1; alias ls=false' >.bashrc"),
            Account(
                testDescription: "1 MB motd in .bashrc",
                prepare: "echo 'head -c 1000000 /dev/zero | tr \"\\\\0\" x' >.bashrc"),
            Account(
                testDescription: ".cshrc that speaks", shell: "/bin/tcsh",
                prepare: "echo 'echo hello; stty dec' >.cshrc"),
            Account(testDescription: "slow .bashrc", prepare: "echo 'sleep 1.5' >.bashrc"),
        ]

    @Test(arguments: working) func aPilotLivesThere(_ account: Account) async throws {
        try await withAccount(account) { host, name in
            try await host.serving { port in try await Self.live(host, name, port: port) }
        }
    }

    static let failing: [Account] = [
        Account(
            testDescription: ".bashrc that exits", prepare: "echo 'exit 0' >.bashrc",
            failure: Failure(reason: "LoginScript", mender: .user, word: ".bashrc")),
        Account(
            testDescription: ".bashrc that exits with an error", prepare: "echo 'exit 3' >.bashrc",
            failure: Failure(reason: "LoginScript", mender: .user, word: ".bashrc")),
        Account(
            testDescription: ".bashrc that execs another shell", prepare: "echo 'exec zsh' >.bashrc",
            failure: Failure(reason: "LoginScript", mender: .user, word: "becomes another program")),
        Account(
            testDescription: ".bashrc that never ends", prepare: "echo 'sleep 600' >.bashrc",
            failure: Failure(reason: "LoginScript", mender: .user, word: "does not come to its end")),
        Account(
            testDescription: "nologin", shell: "/usr/sbin/nologin",
            failure: Failure(reason: "AccountRefused", mender: .user, word: "not available")),
        Account(
            testDescription: "full home", prepare: "dd if=/dev/zero of=data bs=64k 2>/dev/null || :",
            failure: Failure(reason: "DiskFull", mender: .user, word: "has 0 KiB of 8192 KiB left")),
        // Of the file systems of a common kernel, btrfs has quotas by itself.
        Account(
            testDescription: "home over its quota",
            prepare: """
                cd /; umount /home/$NAME
                truncate -s 300M /home/$NAME.btrfs; mkfs.btrfs -q /home/$NAME.btrfs >/dev/null
                mount -o loop /home/$NAME.btrfs /home/$NAME; rm /home/$NAME.btrfs; cd /home/$NAME
                chown $NAME: .; btrfs quota enable .; btrfs qgroup limit 5M 0/5 .
                su -s /bin/sh $NAME -c 'dd if=/dev/zero of=data bs=64k 2>/dev/null; sync' || :
                """,
            failure: Failure(reason: "DiskFull", mender: .user, word: "quota is used up")),
        Account(
            testDescription: "read-only home", prepare: "mount -o remount,ro .",
            failure: Failure(reason: "HomeReadOnly", mender: .operator, word: "read-only")),
        Account(
            testDescription: "home that is not there", prepare: "cd /; umount /home/$NAME; rmdir /home/$NAME",
            failure: Failure(reason: "HomeNotWritable", mender: .user, word: "not there or may not be written")),
        Account(
            testDescription: "home of somebody else", prepare: "chmod 755 .; cd /; mount --bind /usr /home/$NAME",
            failure: Failure(reason: "HomeNotWritable", mender: .user, word: "/.vc3")),
    ]

    @Test(arguments: failing) func theFailureNamesTheCause(_ account: Account) async throws {
        let expected = try #require(account.failure)
        try await withAccount(account) { host, name in
            try await host.serving { port in
                var limits = SSHLimits()
                limits.connectTimeout = .seconds(4)
                let (site, session) = try await host.site(name, port: port, limits: limits)
                let seen = try await Self.failure(at: site, host.order("p1"))
                print("\(account.testDescription): \(seen.reason) (\(seen.mender)): \(seen.message)")
                #expect(seen.reason == expected.reason && seen.mender == expected.mender)
                #expect(seen.message.contains(expected.word), "\(seen.message)")
                await session.close()
            }
        }
    }

    /// With bash as the shell of scripts, which would keep here-documents in `/tmp`.
    @Test func aHostWhereNobodyMayWriteInTmp() async throws {
        try await withAccount(Account(testDescription: "no /tmp")) { host, name in
            let inside = """
                mount --bind /bin/bash /bin/sh; mkdir -p /run/none; mount --bind /run/none /tmp; mount --bind /run/none /var/tmp
                """
            try await host.serving(inside) { port in try await Self.live(host, name, port: port) }
        }
    }

    @Test func aSiteFarAway() async throws {
        try await withAccount(Account(testDescription: "400 ms")) { host, name in
            try await host.serving { port in
                let proxy = Process()
                proxy.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
                proxy.arguments = ["\(HostileHost.repository ?? "")/lab/lib/delay.py", "\(port + 1)", "\(port)", "200"]
                try proxy.run()
                defer { kill(proxy.processIdentifier, SIGKILL) }
                try await HostileHost.shell("until ss -Hltn 'sport = :\(port + 1)' | grep -q .; do sleep 0.1; done")
                try await Self.live(host, name, port: port + 1)
            }
        }
    }

    // MARK: - Connections that break

    struct Trouble: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// `$1` is the account, `$2` the server's port, `$3` the folder of the session.
        var begin: String
        var end: String
    }
    static let clients = "pgrep -f \"ssh.*$3/config\""
    static let troubles = [
        Trouble(
            testDescription: "sessions killed", begin: "pkill -KILL -u \"$1\" sshd", end: ":"),
        Trouble(
            testDescription: "frozen sessions", begin: "pkill -STOP -u \"$1\" sshd", end: "pkill -CONT -u \"$1\" sshd"),
        Trouble(
            testDescription: "half-open",
            begin: "nft add table inet t$2; nft add chain inet t$2 c '{ type filter hook input priority 0; }'; "
                + "nft add rule inet t$2 c tcp dport $2 drop; nft add rule inet t$2 c tcp sport $2 drop",
            end: "nft delete table inet t$2"),
        Trouble(
            testDescription: "a sleep of this machine", begin: "kill -STOP $(\(clients))",
            end: "kill -CONT $(\(clients))"),
    ]

    /// What was asked while the connection was bad may fail, and says so; afterwards all goes on, by itself.
    @Test(arguments: troubles) func afterATroubleItGoesOn(_ trouble: Trouble) async throws {
        try await withAccount(Account(testDescription: trouble.testDescription)) { host, name in
            try await host.serving { port in
                let (site, session) = try await host.site(name, port: port)
                let pilot = host.order("p1")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await site.serve() }
                    try await Self.start(pilot, at: site)
                    let script = { "set -- \(name) \(port) \(host.folder)/s-\(name)-\(port); " + $0 }
                    try await HostileHost.shell(script(trouble.begin))
                    async let meanwhile = Result { () async throws in try await site.look() }
                    try await Task.sleep(for: .seconds(3))
                    try await HostileHost.shell(script(trouble.end))
                    if case .failure(let failure) = await meanwhile {
                        print("\(trouble.testDescription): \(failure)")
                        #expect((failure as? SiteFailure)?.mender == .nobody)
                    }
                    let view = try await Self.patient { try await site.look() }
                    #expect(view.jobs.map(\.tag) == ["vc3-p1"] && view.jobs.first?.state == .running)
                    try await Self.end(pilot, view.jobs.map(\.job), at: site)
                    await session.close()
                    await site.close()
                    group.cancelAll()
                }
            }
        }
    }

    // MARK: - Steps

    private func withAccount(
        _ account: Account, _ body: (HostileHost, String) async throws -> Void
    ) async throws {
        try await withHostileHost { host in
            let name = "h" + String(UInt32.random(in: 1...UInt32.max), radix: 36)
            try await host.add(
                name, shell: account.shell, prepare: account.prepare.replacing("$NAME", with: name))
            do { try await body(host, name) } catch {
                try await host.remove(name)
                throw error
            }
            try await host.remove(name)
        }
    }

    /// The whole of a pilot's life there.
    private static func live(_ host: HostileHost, _ account: String, port: Int) async throws {
        let (site, session) = try await host.site(account, port: port)
        let pilot = host.order("p1")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.serve() }
            try await start(pilot, at: site)
            let view = try await site.look()
            #expect(view.reports[pilot.pilot]?.phase == "started")
            let remains = try await site.inquire([pilot.pilot], books: [])
            #expect(remains.lines[pilot.pilot]?.first?.hasPrefix("caf") == true, "\(remains)")
            try await end(pilot, view.jobs.map(\.job), at: site)
            let left = try await session.run(.shell("ls -d ~/.vc3"))
            #expect(!left.succeeded, "\(left)")
            await site.close()
            await session.close()
            group.cancelAll()
        }
    }

    private static func start(_ pilot: PilotOrder, at site: ShellSite) async throws {
        try await site.open()
        #expect(try await site.stage(epoch: "e1").isLacking)
        try await site.deliver()
        let answers = try await site.submit([pilot], epoch: "e1")
        guard case .submitted? = answers[pilot.pilot] else {
            Issue.record("not submitted: \(answers)")
            return
        }
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let view = try await site.look()
            if view.jobs.first?.state == .running, view.reports[pilot.pilot] != nil { return }
            try #require(ContinuousClock.now < end, "\(view)")
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static func end(_ pilot: PilotOrder, _ jobs: [JobID], at site: ShellSite) async throws {
        try await site.cancel(jobs)
        try await site.remove([pilot.pilot])
        try await site.wipe()
    }

    /// What goes wrong on the way to a pilot.
    private static func failure(at site: ShellSite, _ pilot: PilotOrder) async throws -> Failure {
        do throws(SiteFailure) {
            try await site.open()
            _ = try await site.stage(epoch: "e1")
            if case .refused(let refusal)? = try await site.submit([pilot], epoch: "e1")[pilot.pilot] {
                let reason = refusal.reason.rawValue
                return Failure(
                    reason: reason.prefix(1).uppercased() + reason.dropFirst(),
                    mender: Condition.Mender(rawValue: refusal.mender.rawValue) ?? .nobody, word: refusal.message)
            }
            return Failure(reason: "none", mender: .nobody, word: "")
        } catch { return Failure(reason: error.reason, mender: error.mender, word: error.message) }
    }

    private static func patient<Value>(_ body: () async throws -> Value) async throws -> Value {
        let end = ContinuousClock.now + .seconds(90)
        while true {
            do { return try await body() } catch {
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension HostileAccountTests.Failure {
    fileprivate var message: String { word }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
