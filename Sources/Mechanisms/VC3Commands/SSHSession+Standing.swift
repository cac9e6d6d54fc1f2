extension SSHSession {
    /// Keeps one shell at the far end, through which commands go instead of opening a session each, until the session
    /// is closed or the task is cancelled. To be called once at most.
    ///
    /// The shell comes up when there is a command, beside it, and goes when there was none for
    /// ``SSHLimits/idleTimeout``. It takes one command at a time: those that come meanwhile, and files from this
    /// machine, open sessions, as all do while nobody calls this. A command that times out or is cancelled takes the
    /// shell with it; the next one brings up another.
    ///
    /// Where it cannot be had (no `head -c`, or one that reads too far; `MaxSessions 1`; ``SSHLimits/channels`` of 1)
    /// everything works through sessions, and ``SSHUsage/way`` says why.
    public func serve() async {
        for await _ in wishes.stream {
            comingUp = generation
            await keepStandingShell()
            comingUp = nil
        }
    }

    func wishForStandingShell() {
        guard comingUp != generation, standingShell?.isServing != true, unfitness == nil else { return }
        wishes.continuation.yield()
    }

    /// More input than this is better off with a session of its own.
    private static let longestInput = 4 << 20

    private func keepStandingShell() async {
        guard unfitness == nil, case .open = connection else { return }
        let generation = generation
        guard channels.limit > 1 else { return unfit = (generation, "only one session at a time is allowed") }
        guard await channels.enter(within: limits.connectTimeout) == .entered else { return }
        defer { channels.leave() }
        guard case .open(let files) = connection, let shell = try? StandingShell() else { return }
        let process = channel(files, frame, StandingRequest.commandLine, timeout: limits.connectTimeout)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await shell.run(process) }
            if await shell.proves(within: limits.connectTimeout, outputLimit: limits.outputLimit) {
                // The host may have turned out to take one session only, and this would be it.
                if unfitness != nil { shell.retire() }
                comingUp = nil
                standingShell = shell
                await shell.serve(idleTimeout: limits.idleTimeout)
                standingShell = nil
            } else if !Task.isCancelled, unfitness == nil {
                unfit = (generation, "no shell that stays came up: it needs /bin/sh and an exact head -c")
            }
            group.cancelAll()
        }
    }

    /// The command's result, or `nil` if it certainly did not start and has to go another way.
    func runInStandingShell(_ command: Command) async throws(CommandError) -> CommandResult? {
        guard let shell = standingShell, command.input.count <= Self.longestInput else { return nil }
        let frame = RemoteFrame(hasTimeout: frame.hasTimeout)
        let script = frame.script(command)
        // What goes this way must be able to go the other; four octal digits take the place of a character at most.
        if script.utf8.count > 25_000 { _ = try commandLine(script, for: command) }
        guard !Task.isCancelled else { throw cancelled(command.arguments[0]) }
        guard shell.claim() else { return nil }
        meter.count(at: .now)
        let start = ContinuousClock.now
        let outcome = await shell.request(
            StandingRequest(
                script: script, input: command.input, timeout: command.timeout, outputLimit: limits.outputLimit))
        let ended: ChildProcess.Ended
        switch outcome {
        case .over(let output, let errorOutput):
            ended = ChildProcess.Ended(
                status: .exited(0), output: output, errorOutput: errorOutput, duration: start.duration(to: .now))
        case .givenUp(let cause, let mayHaveRun, let errorOutput):
            return try givenUp(command, cause, mayHaveRun: mayHaveRun, errorOutput)
        }
        switch frame.reply(ended, to: command) {
        case .ended(let result): return result
        case .notFound(let what): throw CommandError(.notFound, "\(what) at \(endpoint)")
        case .cutShort: throw lost(command, ended)
        case .absent:
            // The shell went past the script without running any of it, as when the host has no process left to give.
            shell.retire()
            return nil
        }
    }

    private func givenUp(
        _ command: Command, _ cause: StandingShell.Cause, mayHaveRun: Bool, _ errorOutput: [UInt8]
    ) throws(CommandError) -> CommandResult? {
        let program = command.arguments[0]
        switch cause {
        case .ended:
            guard mayHaveRun else { return nil }
            throw lost(
                command,
                ChildProcess.Ended(status: .exited(255), output: [], errorOutput: errorOutput, duration: .zero))
        case .timedOut:
            throw CommandError(
                .timedOut, "\(program) took longer than \(command.timeout) on \(endpoint)", outcomeUnknown: mayHaveRun)
        case .cancelled:
            throw CommandError(.cancelled, "\(program) was cancelled", outcomeUnknown: mayHaveRun)
        case .tooMuchOutput:
            throw CommandError(
                .outputTooLarge, "\(program) wrote more than \(limits.outputLimit) bytes and was stopped",
                outcomeUnknown: true)
        }
    }
}
