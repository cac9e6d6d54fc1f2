import Synchronization

extension SSHSession: FolderFollower {
    /// Follows a folder of the account until the session is closed or the task is cancelled.
    ///
    /// It occupies one session of the host, and gives it up where commands would have too few left. After a lost
    /// connection it goes on over the next one.
    ///
    /// - Throws: What `receive` throws; ``CommandError/Reason/sessionRefused`` where there is no room for it;
    ///   ``CommandError`` that no waiting mends.
    public func follow(
        _ spool: SpoolFolder, heard: @escaping @Sendable (Bool) -> Void = { _ in },
        receive: @escaping @Sendable (SpooledFile) async throws -> Void
    ) async throws {
        var pause = Duration.seconds(1)
        while true {
            let start = ContinuousClock.now
            do {
                defer { heard(false) }
                try await followOnce(SpoolScript(spool: spool), heard, receive)
            } catch let error as CommandError
                where error.isTransient && error.reason != .sessionRefused && !Task.isCancelled
            {
                if start.duration(to: .now) > .seconds(10) { pause = .seconds(1) }
                try await Task.sleep(for: max(error.retryAfter ?? .zero, pause))
                pause = min(pause * 2, .seconds(60))
            }
        }
    }

    /// Returns if nothing was started, because the connection was gone already: the next attempt makes another.
    private func followOnce(
        _ script: SpoolScript, _ heard: @escaping @Sendable (Bool) -> Void,
        _ receive: @escaping @Sendable (SpooledFile) async throws -> Void
    ) async throws {
        let line = RemoteShell.wrap(script.text)
        guard line.utf8.count < 120_000 else {
            throw CommandError(.commandTooLong, "the name of the folder to follow at \(endpoint) is too long")
        }
        let files = try await connected()
        let generation = generation
        guard hasRoomToFollow else { throw noRoom(script) }
        switch await channels.enter(within: limits.connectTimeout) {
        case .entered: break
        case .timedOut: throw CommandError(.timedOut, "no turn on \(endpoint) to follow \(script.spool.path)")
        case .cancelled: throw cancelled("following \(script.spool.path)")
        }
        defer { channels.leave() }
        let frame = frame
        let process = channel(files, frame, line, timeout: limits.connectTimeout)
        let stream = SpoolStream(script, input: try ProcessInput(), outputLimit: limits.outputLimit, heard: heard)
        followed = stream
        defer { if followed === stream { followed = nil } }
        let ended = try await stream.run(process, silence: limits.longestSilence, receive)
        let words = String(decoding: ended.errorOutput, as: UTF8.self)
        guard hasRoomToFollow, !words.contains(SSHFailure.sessionRefused) else { throw noRoom(script) }
        if frame.isAlone(ended) { return forgetConnection(generation) }
        let isLost = ended.status == .exited(255)
        throw CommandError(
            isLost ? .connectionLost : .localFailure,
            "following \(script.spool.path) at \(endpoint) ended: \(SSHFailure.excerpt(ended.errorOutput))")
    }

    /// Beside the follower there must be room for the shell that stays and for what that has no time for.
    private var hasRoomToFollow: Bool { channels.limit > 2 }

    /// The host takes fewer sessions than was thought.
    func makeRoom() {
        if !hasRoomToFollow { followed?.giveUp() }
    }

    private func noRoom(_ script: SpoolScript) -> CommandError {
        CommandError(
            .sessionRefused,
            "\(endpoint) takes too few sessions on a connection to follow \(script.spool.path) beside commands")
    }
}

/// One run of a ``SpoolScript``.
final class SpoolStream: Sendable {
    private let script: SpoolScript
    private let input: ProcessInput
    private let outputLimit: Int
    private let heard: @Sendable (Bool) -> Void
    private let ending = AsyncStream<Never>.makeStream()
    private let pieces = AsyncStream<[UInt8]>.makeStream()
    /// `nil` while the far end waits for us.
    private let lastHeard = Mutex<ContinuousClock.Instant?>(.now)
    private let errorOutput = Mutex<[UInt8]>([])

    init(
        _ script: SpoolScript, input: ProcessInput, outputLimit: Int, heard: @escaping @Sendable (Bool) -> Void
    ) {
        self.script = script
        self.input = input
        self.outputLimit = outputLimit
        self.heard = heard
    }

    /// Ends the run.
    func giveUp() { ending.continuation.finish() }

    /// Runs until the process ends or says nothing for too long.
    func run(
        _ process: ChildProcess, silence: Duration, _ receive: @escaping @Sendable (SpooledFile) async throws -> Void
    ) async throws -> ChildProcess.Ended {
        let start = ContinuousClock.now
        let status = try await withThrowingTaskGroup(of: ExitStatus?.self) { group in
            group.addTask {
                defer { self.pieces.continuation.finish() }
                return try await process.stream(self.input) { self.hear($1, on: $0) }
            }
            group.addTask {
                while true {
                    let left = silence - self.lastHeard.withLock { $0?.duration(to: .now) ?? .zero }
                    if left <= .zero { return nil }
                    try await Task.sleep(for: left)
                }
            }
            group.addTask {
                for await _ in self.ending.stream {}
                return nil
            }
            group.addTask {
                try await self.read(receive)
                // The process has ended, and tells how.
                try await Task.sleep(for: .seconds(5))
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            return first
        }
        try Task.checkCancellation()
        return ChildProcess.Ended(
            status: status ?? .exited(255), output: [], errorOutput: errorOutput.withLock { $0 },
            duration: start.duration(to: .now))
    }

    private func read(_ receive: @Sendable (SpooledFile) async throws -> Void) async throws {
        var reader = SpoolReader(mark: script.mark)
        for await piece in pieces.stream {
            if let batch = reader.take(piece) {
                lastHeard.withLock { $0 = nil }
                for file in batch { try await receive(file) }
                lastHeard.withLock { $0 = .now }
                _ = await input.write(SpoolScript.acknowledgement)
            }
            guard reader.size <= outputLimit else {
                throw CommandError(
                    .outputTooLarge, "\(script.spool.path) holds more than \(outputLimit) bytes in one batch")
            }
        }
    }

    private func hear(_ bytes: [UInt8], on stream: ChildProcess.OutputStream) {
        lastHeard.withLock { $0 = .now }
        heard(true)
        switch stream {
        case .output: pieces.continuation.yield(bytes)
        case .errorOutput: errorOutput.withLock { if $0.count < 65_536 { $0 += bytes } }
        }
    }
}
