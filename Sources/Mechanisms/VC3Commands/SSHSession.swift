/// Runs commands in an account at a login node, all of them over one shared connection of OpenSSH (9 or newer is
/// tested; ssh(1), `ControlMaster`).
///
/// The connection is opened by the first command, or by ``open()``, once however many commands come at the same
/// time; it is opened again when it has died, with growing pauses while that fails. If this process is killed, the
/// connection ends by itself after ``SSHLimits/idleTimeout``, or is taken over by a successor with the same folder,
/// endpoint and keys.
///
/// Commands start in the account's home. A command that a signal ended shows as `exited(128 + signal)`, as in every
/// shell. When a command times out or is cancelled, the local process ends at once, and the far end is ended
/// by timeout(1), where the host has it, fifteen seconds after the command's own timeout.
///
/// Every command opens an SSH session on the connection, unless somebody runs ``serve()``: then most go through one
/// shell that stays.
public actor SSHSession: CommandRunner {
    public nonisolated let endpoint: SSHEndpoint
    let credentials: SSHCredentials
    let folder: String
    let limits: SSHLimits
    let login: SSHLogin

    enum Connection {
        case none
        case open(SSHFiles)
        case closed
    }
    var connection = Connection.none
    /// Grows with every connection, so that a command that saw the end of one does not discard its successor.
    var generation = 0
    var frame = RemoteFrame()
    var backoff: SSHBackoff
    var meter = CommandMeter()
    /// The shell that stays, once it has shown that it can.
    var standingShell: StandingShell?
    /// The run that follows a folder, while there is one.
    var followed: SpoolStream?
    /// Why there will be no standing shell on this connection.
    var unfit: (generation: Int, reason: String)?
    /// The connection on which a standing shell is about to come up.
    var comingUp: Int?
    nonisolated let wishes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    nonisolated let channels: ChannelGate
    nonisolated let opening = ChannelGate(limit: 1)

    /// - Parameters:
    ///   - folder: A folder of this session's own, absolute. It holds the key (0600) while the session is in use.
    ///   - credentials: Checked only by the host.
    public init(
        endpoint: SSHEndpoint, credentials: SSHCredentials, folder: String, limits: SSHLimits = SSHLimits(),
        login: SSHLogin = .key
    ) {
        self.endpoint = endpoint
        self.credentials = credentials
        self.folder = folder
        self.limits = limits
        self.login = login
        self.channels = ChannelGate(limit: limits.channels)
        self.backoff = SSHBackoff(limits)
    }

    /// What this session has asked of the host so far.
    public var usage: SSHUsage {
        var way = SSHUsage.Way.sessions
        if standingShell?.isServing == true {
            way = .standingShell
        } else if let reason = unfitness {
            way = .sessionsOnly(reason)
        }
        return meter.usage(at: .now, way: way)
    }

    /// Why no shell can stay on the present connection.
    var unfitness: String? { unfit.flatMap { $0.generation == generation ? $0.reason : nil } }

    /// Logs in, unless the session already is.
    ///
    /// While earlier attempts have failed and their pause is not over, it throws the last failure again, with
    /// ``CommandError/retryAfter`` saying how long the pause still is, and does not bother the host.
    public func open() async throws(CommandError) {
        _ = try await connected()
    }

    /// Runs `command` in the account. See ``CommandRunner/run(_:)``.
    public func run(_ command: Command) async throws(CommandError) -> CommandResult {
        try await perform(command, input: nil)
    }

    /// Logs out and removes the key and everything else from the folder. Commands under way are lost.
    /// The session cannot be used again. A connection that a person made stays: see ``SSHMaster/end()``.
    public func close() async {
        guard await opening.enter(within: .seconds(600)) == .entered else { return }
        defer { opening.leave() }
        wishes.continuation.finish()
        if case .open(let files) = connection, login == .key {
            _ = try? await ssh(files, ["-O", "exit", "target"], timeout: .seconds(5)).run(input: .bytes([]))
            files.remove()
        }
        connection = .closed
    }

    // MARK: - Commands

    /// Runs a command whose input is its own or comes from a file.
    func perform(_ command: Command, input localFile: String?) async throws(CommandError) -> CommandResult {
        guard let program = command.arguments.first, !program.isEmpty else {
            throw CommandError(.notFound, "the command is empty")
        }
        if localFile == nil, let result = try await runInStandingShell(command) { return result }
        let deadline = ContinuousClock.now + command.timeout
        var attempts = 0
        while true {
            attempts += 1
            switch await channels.enter(within: ContinuousClock.now.duration(to: deadline)) {
            case .entered: break
            case .timedOut:
                throw CommandError(.timedOut, "\(program): no turn on \(endpoint) within \(command.timeout)")
            case .cancelled: throw cancelled(program)
            }
            do {
                defer { channels.leave() }
                return try await once(command, input: localFile)
            } catch {
                // Only what certainly did not start is tried again.
                guard !error.outcomeUnknown else { throw error }
                switch error.reason {
                case .connectionLost where attempts < 4: continue
                case .sessionRefused where attempts < 20: lowerChannels()
                default: throw error
                }
            }
            // The host frees a session only when its last process is gone.
            do { try await Task.sleep(for: .milliseconds(50 * attempts)) } catch { throw cancelled(program) }
        }
    }

    private func once(_ command: Command, input localFile: String?) async throws(CommandError) -> CommandResult {
        let files = try await connected()
        let (frame, generation) = (frame, generation)
        wishForStandingShell()
        let line = try commandLine(frame.script(command), for: command)
        let input = localFile.map { ChildProcess.Input.file($0) } ?? .bytes(command.input)
        meter.count(at: .now)
        let ended = try await channel(files, frame, line, timeout: command.timeout).run(input: input)
        switch frame.reply(ended, to: command) {
        case .ended(let result): return result
        case .notFound(let what): throw CommandError(.notFound, "\(what) at \(endpoint)")
        case .cutShort: throw lost(command, ended)
        case .absent: break
        }
        let words = String(decoding: ended.errorOutput, as: UTF8.self)
        guard ended.status == .exited(255) else { throw SSHFailure.connecting(to: endpoint, ended) }
        if words.contains(SSHFailure.masterDied) { throw lost(command, ended) }
        if words.contains(SSHFailure.sessionRefused) {
            throw CommandError(.sessionRefused, "\(endpoint) takes no further session on the connection")
        }
        if frame.isAlone(ended) || words.contains(SSHFailure.filesGone) {
            forgetConnection(generation)
            throw CommandError(.connectionLost, "the connection to \(endpoint) is gone; nothing was started")
        }
        throw lost(command, ended)
    }

    /// A client that opens a session on the connection, and makes no connection of its own when that is gone.
    func channel(_ files: SSHFiles, _ frame: RemoteFrame, _ line: String, timeout: Duration) -> ChildProcess {
        meter.countChannel()
        // With ControlPersist, ssh would throw away what ProxyCommand says.
        let options = ["-o", "ControlMaster=no", "-o", "ControlPersist=no", "-o", "ProxyCommand=\(frame.proxyCommand)"]
        return ssh(files, options + ["target", line], timeout: timeout)
    }

    /// The command line that runs `script`, if it is not too long for one.
    func commandLine(_ script: String, for command: Command) throws(CommandError) -> String {
        let line = RemoteShell.wrap(script)
        guard line.utf8.count < 120_000 else {
            throw CommandError(
                .commandTooLong, "\(command.arguments[0]) has too long arguments; send them as its input")
        }
        return line
    }

    private func lowerChannels() {
        channels.lower(to: channels.limit - 1)
        makeRoom()
        if channels.limit == 1 {
            // The one session that there is must not be kept from the commands that the shell has no time for.
            unfit = (generation, "the host takes only one session at a time")
            standingShell?.retireWhenFree()
        }
    }

    func lost(_ command: Command, _ ended: ChildProcess.Ended) -> CommandError {
        CommandError(
            .connectionLost,
            "the connection to \(endpoint) ended while \(command.arguments[0]) was under way: "
                + SSHFailure.excerpt(ended.errorOutput), outcomeUnknown: true)
    }

    func cancelled(_ what: String) -> CommandError {
        CommandError(.cancelled, "\(what) was cancelled before it started")
    }
}
