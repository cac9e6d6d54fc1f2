import Foundation
import Testing
import VC3Commands

@Suite(
    .enabled(if: SSHServer.isInstalled, "needs /usr/sbin/sshd (Debian: openssh-server)"), .serialized,
    .timeLimit(.minutes(3)))
struct StandingShellTests {
    @Test func keepsWhatEveryRunnerOwes() async throws {
        try await withStandingShell { session, server, folder in
            try await CommandRunnerConformance.check(session, folder: folder)
            #expect(server.logins == 1)
        }
    }

    @Test func commandsNeedNoSessionOfTheirOwn() async throws {
        try await withStandingShell { session, server, _ in
            let before = await session.usage
            for number in 0..<20 {
                let result = try await session.run(
                    .shell("cat; echo \(number) >&2; exit \(number)", input: Array("<\(number)>".utf8)))
                #expect(result.status == .exited(Int32(number)))
                #expect(result.output == "<\(number)>" && result.errorOutput == "\(number)\n")
            }
            let after = await session.usage
            #expect(after.commandsRun == before.commandsRun + 20)
            #expect(after.channelsOpened == before.channelsOpened)
            #expect(server.sessions == after.channelsOpened)
        }
    }

    @Test func whatComesMeanwhileOpensSessions() async throws {
        try await withStandingShell { session, server, folder in
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<12 {
                    group.addTask { try await session.run(.shell("sleep 0.2; echo \(number)")).output }
                }
                let answers = try await group.reduce(into: Set<String>()) { $0.insert($1) }
                #expect(answers == Set((0..<12).map { "\($0)\n" }))
            }
            let before = await session.usage
            try Data("content".utf8).write(to: URL(filePath: "\(folder)/local"))
            try await session.put(contentsOf: "\(folder)/local", to: "\(folder)/remote")
            #expect(await session.usage.channelsOpened == before.channelsOpened + 1)
            #expect(server.logins == 1)
        }
    }

    @Test func aTimeoutTakesTheShellAlongAndNotTheConnection() async throws {
        try await withStandingShell { session, server, folder in
            let mark = "45.\(UInt32.random(in: 0...UInt32.max))"
            let failure = try await error {
                _ = try await session.run(Command(["sleep", mark], timeout: .milliseconds(500)))
            }
            #expect(failure.reason == .timedOut && failure.outcomeUnknown)
            #expect(try await session.run(.shell("echo next")).output == "next\n")
            try await stands(session)
            #expect(try await session.run(.shell("echo through another")).output == "through another\n")
            #expect(server.logins == 1)
        }
    }

    @Test func aCancelledCommandTakesTheShellAlong() async throws {
        try await withStandingShell { session, _, folder in
            let failure = try await withThrowingTaskGroup(of: CommandError.self) { group in
                group.addTask {
                    try await error { _ = try await session.run(.shell("echo >\(folder)/started; sleep 20")) }
                }
                try await eventually("the command runs") { FileManager.default.fileExists(atPath: "\(folder)/started") }
                group.cancelAll()
                return try #require(try await group.next())
            }
            #expect(failure.reason == .cancelled && failure.outcomeUnknown)
            try await stands(session)
        }
    }

    @Test func aLostConnectionLeavesTheOutcomeUnknown() async throws {
        try await withStandingShell { session, server, folder in
            let failure = try await withThrowingTaskGroup(of: CommandError.self) { group in
                group.addTask {
                    try await error { _ = try await session.run(.shell("echo >\(folder)/started; sleep 20")) }
                }
                try await eventually("the command runs") { FileManager.default.fileExists(atPath: "\(folder)/started") }
                kill(try await masterPID("\(folder)/s"), SIGKILL)
                return try #require(try await group.next())
            }
            #expect(failure.reason == .connectionLost && failure.outcomeUnknown)
            #expect(try await session.run(.shell("echo again")).output == "again\n")
            try await stands(session)
            #expect(server.logins == 2)
        }
    }

    /// A command may be lost, and is then told to be of unknown outcome; none runs twice. The connection dies
    /// before a command in even rounds, and in odd ones when the command has begun.
    @Test func noCommandRunsTwiceHoweverOftenTheConnectionDies() async throws {
        try await withStandingShell { session, _, folder in
            @Sendable func runs() -> [String] {
                let text = (try? String(contentsOfFile: "\(folder)/runs", encoding: .utf8)) ?? ""
                return text.split(separator: "\n").map(String.init)
            }
            for round in 1...6 {
                try await eventually("the session works") { (try? await session.run(Command(["true"]))) != nil }
                try await stands(session)
                let connection = try await masterPID("\(folder)/s")
                if round % 2 == 0 { kill(connection, SIGKILL) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        do {
                            _ = try await session.run(.shell("echo \(round) >>\(folder)/runs; sleep 1"))
                        } catch let failure as CommandError {
                            #expect(failure.outcomeUnknown)
                        }
                    }
                    if round % 2 == 1 {
                        try await eventually("the command has begun") { runs().last == "\(round)" }
                        kill(connection, SIGKILL)
                    }
                    try await group.waitForAll()
                }
            }
            let ran = runs()
            #expect(Set(ran).count == ran.count && Set(ran).isSuperset(of: ["1", "3", "5"]))
        }
    }

    @Test func moreOutputThanTheLimitIsAnError() async throws {
        var limits = SSHLimits()
        limits.outputLimit = 100_000
        try await withStandingShell(limits: limits) { session, _, _ in
            let much = try await error { _ = try await session.run(.shell("yes | head -c 300000")) }
            #expect(much.reason == .outputTooLarge && much.outcomeUnknown)
            try await stands(session)
            #expect(try await session.run(.shell("yes | head -c 100000")).output.utf8.count == 100_000)
        }
    }

    @Test func whatACommandLeavesBehindIsNotTheNextOnes() async throws {
        try await withStandingShell { session, _, folder in
            let script = "cd /; umask 0; set -f; a=1; export a; trap 'echo trapped' EXIT; exec 2>/dev/null; echo ok"
            #expect(try await session.run(.shell(script)).output == "ok\ntrapped\n")
            let next = try await session.run(.shell("pwd; umask; echo \"[$a]\"; echo heard >&2; cat"))
            let usual = try await session.run(.shell("pwd; umask", input: []))
            #expect(next.output == usual.output + "[]\n")
            #expect(next.errorOutput == "heard\n")
        }
    }

    @Test func bytesThatAreNoTextAndMarksInOutputDoNoHarm() async throws {
        try await withStandingShell { session, _, _ in
            let odd = try await session.run(
                .shell(#"printf '\377\376\n\0x\n vc3- over\n\nrun a 1 1\n'; printf '\200' >&2"#))
            #expect(odd.output == "\u{FFFD}\u{FFFD}\n\0x\n vc3- over\n\nrun a 1 1\n" && odd.errorOutput == "\u{FFFD}")
            #expect(try await session.run(.shell("echo fine")).output == "fine\n")
        }
    }

    @Test(arguments: [
        // What a login script does before our shell comes up.
        "head -c 1000000 /dev/zero | tr '\\0' m; printf motd >&2", "export TMOUT=1", "export LC_ALL=xx_YY.GBK",
        "cd /; umask 077", "trap '' PIPE", "(sleep 1; echo late) & true", "printf 'no line end'; printf no >&2",
        "export vc3_text=a vc3_mark=b", "alias read=false; unalias -a",
    ])
    func whateverLoginScriptsDo(prelude: String) async throws {
        let line = #"ForceCommand \#(prelude); eval "$SSH_ORIGINAL_COMMAND""#
        try await withStandingShell(options: [line]) { session, server, _ in
            let before = await session.usage.channelsOpened
            // What a script leaves behind may speak while nobody has asked for anything.
            let pause = prelude.contains("late") ? 4000 : prelude.contains("TMOUT") ? 1500 : 0
            try await Task.sleep(for: .milliseconds(pause))
            for number in 0..<3 {
                let result = try await session.run(.shell("cat; exit \(number)", input: Array("x\n".utf8)))
                #expect(result.output == "x\n" && result.errorOutput == "" && result.status == .exited(Int32(number)))
            }
            #expect(await session.usage.channelsOpened == before)
        }
    }

    static let shells = ["bash", "dash", "tcsh", "csh", "fish", "zsh", "ksh"].map { "/usr/bin/\($0)" }
        .filter { FileManager.default.isExecutableFile(atPath: $0) }

    /// sshd hands every command line to the login shell in this way.
    @Test(arguments: shells) func comesUpFromAnyLoginShell(shell: String) async throws {
        try await withStandingShell(options: [#"ForceCommand exec \#(shell) -c "$SSH_ORIGINAL_COMMAND""#]) {
            session, _, _ in
            let before = await session.usage.channelsOpened
            let word = "it's \n!\\"
            let result = try await session.run(Command(["printf", "%s", word]))
            #expect(result.output == word)
            #expect(await session.usage.channelsOpened == before)
        }
    }

    @Test(arguments: [
        // A head that reads ahead, as one that uses stdio does; one without -c; none.
        #"case $1 in -c) exec /usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read1(65536)[:int(sys.argv[1])])' "$2";; esac"#,
        "echo 'head: illegal option -- c' >&2; exit 1", "",
    ])
    func aHostWithoutAnExactHeadWorksThroughSessions(head: String) async throws {
        try await withScratchFolder { tools in
            let path = "\(tools)/head"
            try "#!/bin/sh\n\(head.isEmpty ? "exit 127" : head)\n".write(
                toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            let line = #"ForceCommand PATH=\#(tools):$PATH; export PATH; eval "$SSH_ORIGINAL_COMMAND""#
            var limits = SSHLimits()
            limits.connectTimeout = .seconds(3)
            try await withServedSession(options: [line], limits: limits) { session, server, _ in
                _ = try await session.run(Command(["true"]))
                try await eventually("the shell is found unfit") {
                    if case .sessionsOnly(let reason) = await session.usage.way { return reason.contains("head -c") }
                    return false
                }
                let before = await session.usage.channelsOpened
                #expect(try await session.run(.shell("echo fine")).output == "fine\n")
                #expect(await session.usage.channelsOpened == before + 1)
            }
        }
    }

    @Test func aHostWithOneSessionIsNotBlockedByTheShell() async throws {
        try await withServedSession(options: ["MaxSessions 1"]) { session, server, _ in
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<8 {
                    group.addTask { try await session.run(.shell("sleep 0.1; echo \(number)")).output }
                }
                let answers = try await group.reduce(into: Set<String>()) { $0.insert($1) }
                #expect(answers.count == 8)
            }
            #expect(server.logins == 1)
        }
    }

    @Test func anIdleShellGoesAndComesAgain() async throws {
        var limits = SSHLimits()
        limits.idleTimeout = .seconds(1)
        try await withStandingShell(limits: limits) { session, _, _ in
            try await eventually("the shell goes") { await session.usage.way == .sessions }
            try await stands(session)
        }
    }

    /// Prints what a command costs, here and at a site with a round trip of 400 ms; asserts no times.
    @Test(arguments: [0, 200]) func whatACommandCosts(delayMilliseconds: Int) async throws {
        try await withServer { server, folder in
            let proxy = try delayingProxy(to: server.port, milliseconds: delayMilliseconds)
            defer { kill(proxy.process.processIdentifier, SIGKILL) }
            try await eventually("the proxy listens") { try await isOpen(proxy.port) }
            var endpoint = server.endpoint()
            endpoint.target.port = proxy.port
            let session = server.session(in: "\(folder)/s", endpoint: endpoint)
            try await session.open()
            func median() async throws -> Duration {
                var times: [Duration] = []
                for number in 0..<9 {
                    let result = try await session.run(Command(["echo", String(number)]))
                    #expect(result.output == "\(number)\n")
                    times.append(result.duration)
                }
                return times.sorted()[times.count / 2]
            }
            let before = try await median()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await session.serve() }
                try await stands(session)
                let channels = await session.usage.channelsOpened
                let after = try await median()
                #expect(await session.usage.channelsOpened == channels)
                print(
                    "a command, \(2 * delayMilliseconds) ms away: through a session \(before), standing shell \(after)")
                await session.close()
                group.cancelAll()
            }
        }
    }

    @Test func nothingIsLeftWhenTheSessionEnds() async throws {
        try await withScratchFolder { folder in
            let server = try await SSHServer(in: folder)
            defer { server.stop() }
            let session = server.session(in: "\(folder)/s")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await session.serve() }
                try await stands(session)
                let found = try processes(with: "vc3-commands")
                #expect(!found.isEmpty)
                await session.close()
                // It ends by itself.
                try await group.waitForAll()
            }
            let clients = try processes(with: "\(folder)/s/config")
            #expect(clients.isEmpty)
        }
    }
}

/// Passes connections on, each byte later by so much, both ways.
func delayingProxy(to port: Int, milliseconds: Int) throws -> (process: Process, port: Int) {
    let script = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/lab/lib/delay.py"
    let process = Process()
    let listen = try SSHServer.freePort()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [script, String(listen), String(port), String(milliseconds)]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return (process, listen)
}

func isOpen(_ port: Int) async throws -> Bool {
    let probe = "exec 3<>/dev/tcp/127.0.0.1/\(port)"
    return try await LocalRunner().run(Command(["/bin/bash", "-c", probe])).succeeded
}

/// A session that somebody serves.
func withServedSession(
    options: [String] = [], limits: SSHLimits = SSHLimits(),
    _ body: @escaping @Sendable (SSHSession, SSHServer, String) async throws -> Void
) async throws {
    try await withServer(options: options) { server, folder in
        let session = server.session(in: "\(folder)/s", limits: limits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await session.serve() }
            try await body(session, server, folder)
            await session.close()
            group.cancelAll()
        }
    }
}

/// A session whose shell stands.
func withStandingShell(
    options: [String] = [], limits: SSHLimits = SSHLimits(),
    _ body: @escaping @Sendable (SSHSession, SSHServer, String) async throws -> Void
) async throws {
    try await withServedSession(options: options, limits: limits) { session, server, folder in
        try await stands(session)
        try await body(session, server, folder)
    }
}

/// Runs a command, beside which the shell comes up, and waits for that.
func stands(_ session: SSHSession) async throws {
    if await session.usage.way != .standingShell { _ = try await session.run(Command(["true"])) }
    try await eventually("the shell stands") { await session.usage.way == .standingShell }
}
