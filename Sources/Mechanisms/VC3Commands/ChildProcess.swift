import Subprocess
import SystemPackage

/// One process of this machine, run to its end under a deadline.
struct ChildProcess: Sendable {
    enum Input: Sendable {
        case bytes([UInt8])
        /// Read from its current position; the descriptor is closed when the process has started or failed to.
        case file(FileDescriptor)
    }

    struct Ended: Sendable {
        var status: ExitStatus
        var output: [UInt8]
        var errorOutput: [UInt8]
        var duration: Duration
    }

    var arguments: [String]
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
                do throws(CommandError) { return .ended(try await runToEnd(input: input)) } catch { return .failed(error) }
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
        let start = ContinuousClock.now
        do {
            switch input {
            case .bytes(let bytes) where bytes.isEmpty:
                let result = try await Subprocess.run(
                    configuration, input: .none, output: .bytes(limit: outputLimit),
                    error: .bytes(limit: Self.errorOutputLimit))
                return Ended(
                    status: ExitStatus(result.terminationStatus), output: result.standardOutput,
                    errorOutput: result.standardError, duration: start.duration(to: .now))
            case .bytes(let bytes):
                let result = try await Subprocess.run(
                    configuration, input: .array(bytes), output: .bytes(limit: outputLimit),
                    error: .bytes(limit: Self.errorOutputLimit))
                return Ended(
                    status: ExitStatus(result.terminationStatus), output: result.standardOutput,
                    errorOutput: result.standardError, duration: start.duration(to: .now))
            case .file(let descriptor):
                let result = try await Subprocess.run(
                    configuration, input: .fileDescriptor(descriptor, closeAfterSpawningProcess: true),
                    output: .bytes(limit: outputLimit), error: .bytes(limit: Self.errorOutputLimit))
                return Ended(
                    status: ExitStatus(result.terminationStatus), output: result.standardOutput,
                    errorOutput: result.standardError, duration: start.duration(to: .now))
            }
        } catch let error as SubprocessError {
            throw commandError(for: error)
        } catch {
            throw CommandError(.localFailure, "\(arguments[0]) failed: \(error)", outcomeUnknown: true)
        }
    }

    private var configuration: Configuration {
        var options = PlatformOptions()
        // A session of its own, so that the teardown reaches the child's children too, and no terminal is at hand.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)]
        return Configuration(
            executable: arguments[0].utf8.contains(UInt8(ascii: "/"))
                ? .path(FilePath(arguments[0])) : .name(arguments[0]),
            arguments: Arguments(Array(arguments.dropFirst())), environment: environment,
            workingDirectory: workingDirectory.map { FilePath($0) }, platformOptions: options)
    }

    private func commandError(for error: SubprocessError) -> CommandError {
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

extension ExitStatus {
    init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .exited(code)
        case .signaled(let signal): self = .signaled(signal)
        }
    }
}
