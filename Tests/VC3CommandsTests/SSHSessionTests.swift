import Foundation
import Testing
import VC3Commands

@Suite(
    .enabled(if: SSHServer.isInstalled, "needs /usr/sbin/sshd (Debian: openssh-server)"), .serialized,
    .timeLimit(.minutes(2)))
struct SSHSessionTests {
    @Test func keepsWhatEveryRunnerOwes() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            try await CommandRunnerConformance.check(session, folder: folder)
            await session.close()
            #expect(server.logins == 1)
        }
    }

    @Test func fiftyCommandsAtOnceShareOneConnection() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<50 {
                    group.addTask { try await session.run(.shell("echo \(number)")).output }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers == Set((0..<50).map { "\($0)\n" }))
            #expect(server.logins == 1)
            let usage = await session.usage
            #expect(
                usage == SSHUsage(commandsRun: 51, commandsInLastMinute: 51, connectionsOpened: 1, channelsOpened: 51))
            #expect(server.sessions == 51)
            await session.close()
        }
    }

    @Test func noMoreCommandsRunAtOnceThanAllowed() async throws {
        try await withServer { server, folder in
            var limits = SSHLimits()
            limits.channels = 3
            let session = server.session(in: "\(folder)/s", limits: limits)
            let place = "\(folder)/running"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let most = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        let result = try await session.run(
                            .shell("cd \(place) && mkdir $$ && ls | wc -l && sleep 0.1 && rmdir $$"))
                        return try #require(Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)))
                    }
                }
                return try await group.reduce(0, max)
            }
            #expect((1...3).contains(most))
            await session.close()
        }
    }

    @Test func aHostThatRefusesSessionsIsAskedForFewer() async throws {
        try await withServer(options: ["MaxSessions 2"]) { server, folder in
            var limits = SSHLimits()
            limits.channels = 8
            let session = server.session(in: "\(folder)/s", limits: limits)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let result = try await session.run(.shell("sleep 0.05; echo \(number)"))
                        #expect(result.output == "\(number)\n")
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.logins == 1)
            await session.close()
        }
    }

    @Test func aLostConnectionLeavesTheOutcomeUnknownAndIsOpenedAgain() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
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
            #expect(server.logins == 2)
            await session.close()
        }
    }

    @Test func aCommandOnADeadConnectionRunsExactlyOnce() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            for round in 1...3 {
                try await session.open()
                kill(try await masterPID("\(folder)/s"), SIGKILL)
                let result = try await session.run(.shell("echo x >>\(folder)/runs; wc -l <\(folder)/runs"))
                #expect(result.output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(round)")
            }
            await session.close()
        }
    }

    @Test func aSuccessorTakesTheConnectionOverUnlessTheKeyDiffers() async throws {
        try await withServer { server, folder in
            let killed = server.session(in: "\(folder)/s")
            try await killed.open()
            let successor = server.session(in: "\(folder)/s")
            #expect(try await successor.run(.shell("echo hello")).output == "hello\n")
            #expect(server.logins == 1)
            #expect(await successor.usage.connectionsOpened == 0)

            let stranger = try await SSHServer(in: folder, name: "other").userKey
            let intruder = server.session(in: "\(folder)/s", key: stranger)
            let failure = try await error { try await intruder.open() }
            #expect(failure.reason == .authenticationRefused)
            #expect(server.logins == 1)
            await intruder.close()
            await successor.close()
        }
    }

    @Test func aRefusedKeyIsNotOfferedAgainAtOnce() async throws {
        try await withServer { server, folder in
            let stranger = try await SSHServer(in: folder, name: "other").userKey
            let session = server.session(in: "\(folder)/s", key: stranger)
            for _ in 0..<5 {
                let failure = try await error { _ = try await session.run(Command(["true"])) }
                #expect(failure.reason == .authenticationRefused && !failure.outcomeUnknown)
                #expect(try #require(failure.retryAfter) > .seconds(40))
                #expect(!failure.message.contains("PRIVATE"))
            }
            #expect(server.knocks == 1)
            await session.close()
        }
    }

    @Test func aHostWithAnotherKeyIsRefused() async throws {
        try await withServer { server, folder in
            let other = try await SSHServer(in: folder, name: "other").hostKey
            let session = server.session(in: "\(folder)/s", endpoint: server.endpoint(hostKey: other))
            let changed = try await error { _ = try await session.run(Command(["true"])) }
            #expect(changed.reason == .hostKeyChanged && !changed.outcomeUnknown)
            await session.close()

            let rsa = PinnedHostKey(type: "ssh-rsa", base64: "AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7")
            let typed = server.session(in: "\(folder)/t", endpoint: server.endpoint(hostKey: rsa))
            #expect(try await error { try await typed.open() }.reason == .hostKeyChanged)

            let unpinned = server.session(in: "\(folder)/u", endpoint: server.endpoint(hostKey: .some(nil)))
            #expect(try await error { try await unpinned.open() }.reason == .hostKeyUnknown)
            #expect(server.logins == 0)
        }
    }

    @Test func aDeadPortIsUnreachableAndLeftInPeace() async throws {
        try await withServer { server, folder in
            server.stop()
            let session = server.session(in: "\(folder)/s")
            for _ in 0..<3 {
                let failure = try await error { _ = try await session.run(Command(["true"])) }
                #expect(failure.reason == .unreachable && !failure.outcomeUnknown)
                #expect(failure.retryAfter != nil)
            }
            #expect(await session.usage.connectionsOpened == 1)
        }
    }

    @Test func aListenerThatSaysNothingIsUnreachable() async throws {
        let port = try SSHServer.freePort()
        try await withScratchFolder { folder in
            let mute = Process()
            mute.executableURL = URL(filePath: "/usr/bin/python3")
            mute.arguments = [
                "-c", "import socket,time; s=socket.create_server(('127.0.0.1',\(port))); time.sleep(60)",
            ]
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
            try mute.run()
            defer { mute.terminate() }
            var limits = SSHLimits()
            limits.connectTimeout = .seconds(1)
            let session = SSHSession(
                endpoint: SSHEndpoint(
                    host: "127.0.0.1", port: port, user: "x",
                    hostKey: PinnedHostKey(type: "ssh-ed25519", base64: "AAAA")),
                credentials: SSHCredentials(privateKey: []), folder: "\(folder)/s", limits: limits)
            #expect(try await error { try await session.open() }.reason == .unreachable)
        }
    }

    @Test func aTimeoutEndsOneCommandAndNotTheConnection() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            let mark = "30.\(UInt32.random(in: 0...UInt32.max))"
            let failure = try await error {
                _ = try await session.run(Command(["sleep", mark], timeout: .milliseconds(500)))
            }
            #expect(failure.reason == .timedOut && failure.outcomeUnknown)
            #expect(try await session.run(.shell("echo still here")).output == "still here\n")
            #expect(server.logins == 1)
            await session.close()
            try await eventually("no client is left") { try processes(with: "\(folder)/s/config").isEmpty }
        }
    }

    @Test func aCancelledCommandLeavesNoClient() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            let failure = try await withThrowingTaskGroup(of: CommandError.self) { group in
                group.addTask {
                    try await error { _ = try await session.run(.shell("echo >\(folder)/started; sleep 20")) }
                }
                try await eventually("the command runs") { FileManager.default.fileExists(atPath: "\(folder)/started") }
                group.cancelAll()
                return try #require(try await group.next())
            }
            #expect(failure.reason == .cancelled && failure.outcomeUnknown)
            #expect(try await session.run(Command(["true"])).succeeded)
            await session.close()
            try await eventually("no client is left") { try processes(with: "\(folder)/s/config").isEmpty }
        }
    }

    @Test func aCommandThatWaitsItsTurnTooLongDidNotStart() async throws {
        try await withServer { server, folder in
            var limits = SSHLimits()
            limits.channels = 1
            let session = server.session(in: "\(folder)/s", limits: limits)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await session.run(.shell("echo >\(folder)/started; sleep 1.5")) }
                try await eventually("the first runs") { FileManager.default.fileExists(atPath: "\(folder)/started") }
                let failure = try await error {
                    _ = try await session.run(Command(["true"], timeout: .milliseconds(200)))
                }
                #expect(failure.reason == .timedOut && !failure.outcomeUnknown)
                try await group.waitForAll()
            }
            #expect(try await session.run(Command(["true"])).succeeded)
            await session.close()
        }
    }

    @Test func anAccountWithoutAShellIsNamedAsSuch() async throws {
        try await withServer(options: ["ForceCommand echo This account is currently not available.; exit 1"]) {
            server, folder in
            let session = server.session(in: "\(folder)/s")
            let failure = try await error { _ = try await session.run(Command(["true"])) }
            #expect(failure.reason == .accountRefused && !failure.outcomeUnknown)
            #expect(failure.message.contains("currently not available"))
            await session.close()
        }
    }

    @Test func whatLoginScriptsPrintIsNotOutput() async throws {
        let noisy =
            #"ForceCommand printf welcome; printf 'disk is full' >&2; eval "$SSH_ORIGINAL_COMMAND"; echo bye; echo bye >&2"#
        try await withServer(options: [noisy]) { server, folder in
            let session = server.session(in: "\(folder)/s")
            let result = try await session.run(.shell("echo out; echo err >&2; exit 5"))
            #expect(result.status == .exited(5))
            #expect(result.output == "out\n" && result.errorOutput == "err\n")
            await session.close()
        }
    }

    @Test func theKeyLiesInAPrivateFileAndGoesWithTheSession() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/deep/er/s")
            try await session.open()
            let key = try FileManager.default.attributesOfItem(atPath: "\(folder)/deep/er/s/key")
            #expect(key[.posixPermissions] as? Int == 0o600)
            let place = try FileManager.default.attributesOfItem(atPath: "\(folder)/deep/er/s")
            #expect(place[.posixPermissions] as? Int == 0o700)
            await session.close()
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/deep/er/s"))
            let late = try await error { _ = try await session.run(Command(["true"])) }
            #expect(late.reason == .cancelled && !late.outcomeUnknown)
        }
    }

    @Test func aFolderTooDeepForASocketWorksAllTheSame() async throws {
        try await withServer { server, folder in
            let deep = "\(folder)/" + String(repeating: "d", count: 100)
            let killed = server.session(in: deep)
            #expect(try await killed.run(Command(["true"])).succeeded)
            let successor = server.session(in: deep)
            #expect(try await successor.run(Command(["true"])).succeeded)
            #expect(server.logins == 1)
            let place = try String(contentsOfFile: "\(deep)/socket-folder", encoding: .utf8)
            await successor.close()
            #expect(!FileManager.default.fileExists(atPath: place))
        }
    }

    @Test(arguments: ["relative/folder", "/tmp/with blank", "/tmp/100%"])
    func aFolderThatSSHCannotNameIsRefused(folder: String) async throws {
        let session = SSHSession(
            endpoint: SSHEndpoint(host: "h", user: "u", hostKey: PinnedHostKey(type: "ssh-ed25519", base64: "AAAA")),
            credentials: SSHCredentials(privateKey: []), folder: folder)
        let failure = try await error { try await session.open() }
        #expect(failure.reason == .localFailure)
        #expect(failure.message.contains(folder))
    }

    @Test(arguments: [
        ("-oProxyCommand=touch /tmp/x", "u"), ("h\nProxyCommand touch", "u"), ("", "u"), ("h", "-u"), ("h", "a b"),
        ("h", ""),
    ])
    func namesThatAreNoNamesAreRefused(host: String, user: String) async throws {
        try await withScratchFolder { folder in
            let key = PinnedHostKey(type: "ssh-ed25519", base64: "AAAA")
            let session = SSHSession(
                endpoint: SSHEndpoint(host: host, user: user, hostKey: key),
                credentials: SSHCredentials(privateKey: []),
                folder: "\(folder)/s")
            let failure = try await error { try await session.open() }
            #expect(failure.message.contains("correct it"))
        }
    }

    @Test func aHostBehindAGatewayIsReachedWithItsOwnPinnedKey() async throws {
        try await withServer { gateway, folder in
            let inner = try await SSHServer(in: folder, name: "inner")
            let endpoint = inner.endpoint(gateway: gateway.endpoint().target)
            let credentials = SSHCredentials(privateKey: inner.userKey, gatewayPrivateKey: gateway.userKey)
            let session = SSHSession(endpoint: endpoint, credentials: credentials, folder: "\(folder)/s")
            #expect(try await session.run(.shell("echo $SSH_CONNECTION | cut -d' ' -f4")).output == "\(inner.port)\n")
            #expect(gateway.logins == 1 && inner.logins == 1)
            await session.close()

            let imposter = inner.endpoint(
                gateway: SSHHop(host: "127.0.0.1", port: gateway.port, user: gateway.user, hostKey: inner.hostKey))
            let wary = SSHSession(endpoint: imposter, credentials: credentials, folder: "\(folder)/w")
            #expect(try await error { try await wary.open() }.reason == .hostKeyChanged)
            inner.stop()
            let behind = SSHSession(endpoint: endpoint, credentials: credentials, folder: "\(folder)/b")
            #expect(try await error { try await behind.open() }.reason == .unreachable)
            await behind.close()
        }
    }

    @Test func aHostsKeyIsReadWithoutLoggingIn() async throws {
        try await withServer { server, folder in
            let key = try await SSHSession.readHostKey(of: "127.0.0.1", port: server.port)
            #expect(key == server.hostKey)
            let listed = try await LocalRunner().run(Command(["ssh-keygen", "-l", "-f", "\(server.folder)/host.pub"]))
            #expect(try await listed.output.contains(key.fingerprint()))
            #expect(server.logins == 0)
            server.stop()
            let failure = try await error {
                _ = try await SSHSession.readHostKey(of: "127.0.0.1", port: server.port, timeout: .seconds(2))
            }
            #expect(failure.reason == .unreachable)
        }
    }
}
