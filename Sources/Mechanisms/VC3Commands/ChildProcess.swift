import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One process of this machine, run to its end under a deadline.
struct ChildProcess: Sendable {
    enum Input: Sendable {
        case bytes([UInt8])
        /// The content of the file at this path.
        case file(String)
    }

    struct Ended: Sendable {
        var status: ExitStatus
        var output: [UInt8]
        var errorOutput: [UInt8]
        var duration: Duration
    }

    var arguments: [String]
    /// Where programs named without a slash are looked for; `nil` takes this process's own `PATH`.
    var searchPath: String?
    var environment: Environment = .inherit
    var workingDirectory: String?
    var timeout: Duration
    var outputLimit: Int
    /// How long the process may take to end after SIGTERM, before SIGKILL.
    var grace: Duration = .seconds(2)

    /// More words than this on standard error are nobody's diagnosis.
    static let errorOutputLimit = 4 << 20

    private enum Outcome: Sendable {
        case ended(Ended)
        case failed(CommandError)
        case timedOut
        case interrupted
    }

    /// Runs the process. On every way out it and its process group are gone, but for children that left the group.
    func run(input: Input) async throws(CommandError) -> Ended {
        guard let program = arguments.first, !program.isEmpty else {
            throw CommandError(.notFound, "the command is empty")
        }
        guard !Task.isCancelled else { throw CommandError(.cancelled, "\(program) was cancelled before it started") }
        let outcome = await withTaskGroup(of: Outcome.self, returning: Outcome.self) { group in
            group.addTask {
                do throws(CommandError) { return .ended(try await runToEnd(input: input)) } catch {
                    return .failed(error)
                }
            }
            group.addTask {
                do { try await Task.sleep(for: timeout) } catch { return .interrupted }
                return .timedOut
            }
            let first = await group.next() ?? .interrupted
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        // A cancelled run of swift-subprocess returns the signal that ended the child, it does not throw.
        if Task.isCancelled { throw CommandError(.cancelled, "\(program) was cancelled", outcomeUnknown: true) }
        switch outcome {
        case .ended(let ended): return ended
        case .failed(let error): throw error
        case .timedOut:
            throw CommandError(.timedOut, "\(program) took longer than \(timeout)", outcomeUnknown: true)
        case .interrupted: throw CommandError(.cancelled, "\(program) was cancelled", outcomeUnknown: true)
        }
    }

    private func runToEnd(input: Input) async throws(CommandError) -> Ended {
        let configuration = configuration(try locate())
        let file = try open(input)
        defer { try? file?.close() }
        let output = BytesOutput.bytes(limit: outputLimit)
        let errorOutput = BytesOutput.bytes(limit: Self.errorOutputLimit)
        let start = ContinuousClock.now
        do {
            guard let file else {
                return Ended(
                    try await Subprocess.run(configuration, input: .none, output: output, error: errorOutput),
                    since: start)
            }
            let input = FileDescriptorInput.fileDescriptor(file, closeAfterSpawningProcess: false)
            return Ended(
                try await Subprocess.run(configuration, input: input, output: output, error: errorOutput), since: start)
        } catch let error as SubprocessError {
            throw commandError(for: error)
        } catch {
            throw CommandError(.localFailure, "\(arguments[0]) failed: \(error)", outcomeUnknown: true)
        }
    }

    /// The descriptor to read the input from; `nil` for no input.
    ///
    /// Bytes go through a file without a name, in memory where there is such a place. A pipe would not do: a child
    /// that does not read it to the end raises SIGPIPE in this process, and with that ignored swift-subprocess
    /// (1.0.2) leaves the writing end open and stops the program for it.
    private func open(_ input: Input) throws(CommandError) -> FileDescriptor? {
        do {
            switch input {
            case .bytes(let bytes) where bytes.isEmpty: return nil
            // A container's /dev/shm may be small.
            case .bytes(let bytes):
                do { return try Self.namelessFile(in: "/dev/shm", holding: bytes) } catch {
                    return try Self.namelessFile(in: "/tmp", holding: bytes)
                }
            case .file(let path): return try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            }
        } catch {
            throw CommandError(.localFailure, "cannot provide the input of \(arguments[0]): \(error)")
        }
    }

    private static func namelessFile(in folder: String, holding bytes: [UInt8]) throws -> FileDescriptor {
        var name = Array("\(folder)/vc3-XXXXXX".utf8CString)
        let number = mkstemp(&name)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        unlink(name)
        // Programs that other code of this process starts have no business with it.
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        let file = FileDescriptor(rawValue: number)
        do {
            try file.writeAll(bytes)
            try file.seek(offset: 0, from: .start)
        } catch {
            try? file.close()
            throw error
        }
        return file
    }

    /// The program's path. swift-subprocess would start a process for every folder in `PATH` to find it.
    func locate() throws(CommandError) -> FilePath {
        if arguments[0].utf8.contains(UInt8(ascii: "/")) { return FilePath(arguments[0]) }
        let path = searchPath ?? Self.ownSearchPath
        for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = "\(folder.isEmpty ? "." : folder)/\(arguments[0])"
            var status = stat()
            if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
                return FilePath(candidate)
            }
        }
        throw CommandError(.notFound, "no program \(arguments[0]) on this machine in \(path)")
    }

    /// `PATH`, or what a shell takes when there is none.
    static var ownSearchPath: String { getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin" }

    func configuration(_ program: FilePath) -> Configuration {
        var options = PlatformOptions()
        // A session of its own, so that the teardown reaches the child's children too, and no terminal is at hand.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)]
        return Configuration(
            executable: .path(program), arguments: Arguments(Array(arguments.dropFirst())), environment: environment,
            workingDirectory: workingDirectory.map { FilePath($0) }, platformOptions: options)
    }

    func commandError(for error: SubprocessError) -> CommandError {
        switch error.code {
        case .executableNotFound:
            CommandError(.notFound, "no program \(arguments[0]) on this machine")
        case .failedToChangeWorkingDirectory:
            CommandError(.notFound, "no folder \(workingDirectory ?? ".") to run \(arguments[0]) in")
        case .outputLimitExceeded:
            CommandError(
                .outputTooLarge, "\(arguments[0]) wrote more than \(outputLimit) bytes and was stopped",
                outcomeUnknown: true)
        case .spawnFailed where error.underlyingError == .argListTooLong:
            CommandError(.commandTooLong, "the arguments of \(arguments[0]) are too long; send them as its input")
        case .spawnFailed:
            CommandError(.localFailure, "cannot start \(arguments[0]): \(error)")
        default:
            CommandError(.localFailure, "\(arguments[0]) failed: \(error)", outcomeUnknown: true)
        }
    }
}

extension ChildProcess.Ended {
    init(
        _ result: ExecutionResult<Void, BytesOutput, BytesOutput>, since start: ContinuousClock.Instant
    ) {
        self.init(
            status: ExitStatus(result.terminationStatus), output: result.standardOutput,
            errorOutput: result.standardError, duration: start.duration(to: .now))
    }
}

extension ExitStatus {
    init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .exited(code)
        case .signaled(let signal): self = .signaled(signal)
        }
    }
}
