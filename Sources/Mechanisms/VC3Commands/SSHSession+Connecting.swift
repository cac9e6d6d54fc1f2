import Subprocess

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The shared connection: made when it is needed, again after its end, or taken over from a killed predecessor.
extension SSHSession {
    /// Another command may have noticed before and have opened the next connection.
    func forgetConnection(_ generation: Int) {
        if generation == self.generation, case .open = connection { connection = .none }
    }

    /// The files of the one connection, which is made if there is none.
    func connected() async throws(CommandError) -> SSHFiles {
        if case .open(let files) = connection { return files }
        switch await opening.enter(within: limits.connectTimeout * 3) {
        case .entered: break
        case .timedOut: throw CommandError(.timedOut, "logging in to \(endpoint) takes too long")
        case .cancelled: throw cancelled("logging in to \(endpoint)")
        }
        defer { opening.leave() }
        switch connection {
        case .open(let files): return files
        case .closed: throw CommandError(.cancelled, "the session with \(endpoint) was closed")
        case .none: break
        }
        if let failure = backoff.failure(at: .now) { throw failure }
        do {
            let files = try await logIn()
            generation += 1
            channels.restore(to: limits.channels)
            connection = .open(files)
            backoff.succeeded()
            return files
        } catch {
            // Nobody was asked, so nobody has to be left in peace.
            if error.reason == .loginNeeded { throw error }
            // What was cancelled is the login; the caller's command did not start.
            if error.reason == .cancelled { throw cancelled("logging in to \(endpoint)") }
            throw backoff.failed(error, at: .now)
        }
    }

    private func logIn() async throws(CommandError) -> SSHFiles {
        let files = try files()
        if login == .person { return try await rideOn(files) }
        if access(files.socket, F_OK) == 0 {
            let check = try await ssh(files, ["-O", "check", "target"], timeout: .seconds(5)).run(input: .bytes([]))
            if check.status == .exited(0) {
                if files.unchanged, (try? await greet(files, master: "no")) != nil { return files }
                _ = try? await ssh(files, ["-O", "exit", "target"], timeout: .seconds(5)).run(input: .bytes([]))
            }
            // A socket that nobody listens at stays behind when a connection is killed, and no new one can take its
            // place.
            unlink(files.socket)
        }
        meter.countConnection()
        try await greet(files, master: "yes")
        return files
    }

    func files() throws(CommandError) -> SSHFiles {
        try SSHFiles(endpoint: endpoint, credentials: credentials, limits: limits, login: login, path: folder)
    }

    /// The connection that a person made, if it lives. Nothing is asked of the host before that is known, and nothing
    /// can make another connection.
    private func rideOn(_ files: SSHFiles) async throws(CommandError) -> SSHFiles {
        guard files.unchanged, await SSHMaster(files).state == .live else {
            throw CommandError(.loginNeeded, "nobody is logged in to \(endpoint)")
        }
        let alone = ["-o", "ControlPersist=no", "-o", "ProxyCommand=\(RemoteFrame().proxyCommand)"]
        try await greet(files, ["-o", "ControlMaster=no"] + alone)
        return files
    }

    private func greet(_ files: SSHFiles, master: String) async throws(CommandError) {
        try await greet(files, ["-o", "ControlMaster=\(master)"])
    }

    /// The first command on a connection: it proves that the account runs commands, and asks what the host has.
    ///
    /// - Parameters:
    ///   - environment: What ssh gets beside the usual.
    ///   - timeout: The longest that it may take; `nil` takes what a login with a key may.
    func greet(
        _ files: SSHFiles, _ options: [String], environment: [String: String] = [:], timeout: Duration? = nil
    ) async throws(CommandError) {
        let timeout = timeout ?? limits.connectTimeout * 2
        let command = Command.shell("timeout -k 1 1 true >/dev/null 2>&1 && echo timeout; exit 0")
        var frame = RemoteFrame()
        meter.count(at: .now)
        meter.countChannel()
        let arguments = options + ["target", RemoteShell.wrap(frame.script(command))]
        var ended: ChildProcess.Ended
        files.forgetMessages()
        do {
            ended = try await ssh(files, arguments, environment: environment, timeout: timeout).run(input: .bytes([]))
        } catch {
            guard error.reason == .timedOut else { throw error }
            // ssh(1) makes the socket when the login has succeeded.
            if access(files.socket, F_OK) == 0 {
                throw SSHFailure.loginScript(
                    of: endpoint, "does not come to its end", "waited \(timeout)")
            }
            throw CommandError(.unreachable, "cannot log in to \(endpoint): no answer in \(timeout)")
        }
        guard case .ended(let result) = frame.reply(ended, to: command), result.succeeded else {
            ended.errorOutput = files.gatewayMessages + files.loginMessages + ended.errorOutput
            throw SSHFailure.connecting(to: endpoint, ended, by: login)
        }
        frame.hasTimeout = result.output.contains("timeout")
        self.frame = frame
    }

    func ssh(
        _ files: SSHFiles, _ arguments: [String], environment: [String: String] = [:], timeout: Duration
    ) -> ChildProcess {
        // Nothing of this process's environment is ssh's business: no agent, no askpass, no secrets. The user's SHELL
        // would run ProxyCommand (ssh_config(5)).
        ChildProcess.ssh(files.config, arguments, environment, timeout: timeout, outputLimit: limits.outputLimit)
    }
}

extension ChildProcess {
    /// ssh(1) with a configuration file.
    static func ssh(
        _ configuration: String, _ arguments: [String], _ environment: [String: String] = [:], timeout: Duration,
        outputLimit: Int
    ) -> ChildProcess {
        var own = environment
        own["PATH"] = ownSearchPath
        own["SHELL"] = "/bin/sh"
        own["LC_ALL"] = "C"
        let variables = Dictionary(uniqueKeysWithValues: own.map { (Environment.Key(stringLiteral: $0), $1) })
        return ChildProcess(
            arguments: ["ssh", "-F", configuration] + arguments, environment: .custom(variables), workingDirectory: "/",
            timeout: timeout, outputLimit: outputLimit, grace: .milliseconds(500))
    }
}
