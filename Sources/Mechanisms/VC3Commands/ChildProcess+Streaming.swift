import Subprocess
import SystemPackage

extension ChildProcess {
    /// Runs the process until it ends or the task is cancelled, and tells what it writes at once. ``timeout`` and
    /// ``outputLimit`` do not count here.
    ///
    /// On every way out the process and its group are gone, and `input` is closed.
    ///
    /// - Parameter hear: Called in order for each of the two streams, and from one task for each.
    func stream(
        _ input: ProcessInput, hear: @escaping @Sendable (OutputStream, [UInt8]) -> Void
    ) async throws(CommandError) -> ExitStatus {
        defer { input.finish() }
        let program: Configuration
        do throws(CommandError) { program = configuration(try locate()) } catch {
            try? input.readingEnd.close()
            throw error
        }
        do {
            let result = try await Subprocess.run(
                program, input: .fileDescriptor(input.readingEnd, closeAfterSpawningProcess: true), output: .sequence,
                error: .sequence
            ) { execution in
                let (output, errorOutput) = (execution.standardOutput, execution.standardError)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await Self.forward(output) { hear(.output, $0) } }
                    group.addTask { await Self.forward(errorOutput) { hear(.errorOutput, $0) } }
                }
            }
            return ExitStatus(result.terminationStatus)
        } catch let error as SubprocessError {
            throw commandError(for: error)
        } catch {
            throw CommandError(.localFailure, "\(arguments[0]) failed: \(error)", outcomeUnknown: true)
        }
    }

    enum OutputStream: Sendable { case output, errorOutput }

    /// An error of reading is the end of the stream: the process's status tells more.
    private static func forward(
        _ sequence: SubprocessOutputSequence, to hear: @Sendable ([UInt8]) -> Void
    ) async {
        do {
            for try await piece in sequence { hear(piece.withUnsafeBytes { Array($0) }) }
        } catch {}
    }
}
