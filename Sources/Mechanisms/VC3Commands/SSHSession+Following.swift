import Synchronization

extension SSHSession {
    /// Tells about every file that is put into a folder of the account, within about a second, until the session is
    /// closed or the task is cancelled.
    ///
    /// Writers make a file whole under a name that begins with a dot, and rename it to one of letters, digits, `.`, `_`
    /// and `-`. Files come in the order of their names. A file is removed after `receive` has returned for it and for
    /// the others of its batch: one may come twice when the connection ends or `receive` throws, none is ever lost.
    ///
    /// It occupies one session of the host. After a lost connection it goes on over the next one.
    ///
    /// - Parameter folder: Relative to the account's home, or absolute; made (0700) if it is not there.
    /// - Throws: What `receive` throws; ``CommandError`` that no waiting mends.
    public func follow(
        _ folder: String, receive: @escaping @Sendable (SpooledFile) async throws -> Void
    ) async throws {
        var pause = Duration.seconds(1)
        while true {
            let start = ContinuousClock.now
            do {
                try await followOnce(SpoolScript(folder: folder), receive)
            } catch let error as CommandError where error.isTransient && !Task.isCancelled {
                if start.duration(to: .now) > .seconds(10) { pause = .seconds(1) }
                try await Task.sleep(for: max(error.retryAfter ?? .zero, pause))
                pause = min(pause * 2, .seconds(60))
            }
        }
    }

    /// Returns if nothing was started, because the connection was gone already: the next attempt makes another.
    private func followOnce(
        _ script: SpoolScript, _ receive: @escaping @Sendable (SpooledFile) async throws -> Void
    ) async throws {
        let line = RemoteShell.wrap(script.text)
        guard line.utf8.count < 120_000 else {
            throw CommandError(.commandTooLong, "the name of the folder to follow at \(endpoint) is too long")
        }
        let files = try await connected()
        let generation = generation
        switch await channels.enter(within: limits.connectTimeout) {
        case .entered: break
        case .timedOut: throw CommandError(.timedOut, "no turn on \(endpoint) to follow \(script.folder)")
        case .cancelled: throw cancelled("following \(script.folder)")
        }
        defer { channels.leave() }
        let frame = frame
        let process = channel(files, frame, line, timeout: limits.connectTimeout)
        let stream = SpoolStream(script, input: try ProcessInput(), outputLimit: limits.outputLimit)
        let ended = try await stream.run(process, silence: limits.longestSilence, receive)
        if frame.isAlone(ended) { return forgetConnection(generation) }
        let isLost = ended.status == .exited(255)
        throw CommandError(
            isLost ? .connectionLost : .localFailure,
            "following \(script.folder) at \(endpoint) ended: \(SSHFailure.excerpt(ended.errorOutput))")
    }
}

/// One run of a ``SpoolScript``.
final class SpoolStream: Sendable {
    private let script: SpoolScript
    private let input: ProcessInput
    private let outputLimit: Int
    private let pieces = AsyncStream<[UInt8]>.makeStream()
    /// `nil` while the far end waits for us.
    private let lastHeard = Mutex<ContinuousClock.Instant?>(.now)
    private let errorOutput = Mutex<[UInt8]>([])

    init(_ script: SpoolScript, input: ProcessInput, outputLimit: Int) {
        self.script = script
        self.input = input
        self.outputLimit = outputLimit
    }

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
                    .outputTooLarge, "\(script.folder) holds more than \(outputLimit) bytes in one batch")
            }
        }
    }

    private func hear(_ bytes: [UInt8], on stream: ChildProcess.OutputStream) {
        lastHeard.withLock { $0 = .now }
        switch stream {
        case .output: pieces.continuation.yield(bytes)
        case .errorOutput: errorOutput.withLock { if $0.count < 65_536 { $0 += bytes } }
        }
    }
}
