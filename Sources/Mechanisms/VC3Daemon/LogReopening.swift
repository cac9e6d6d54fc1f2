public import ServiceLifecycle
import UnixSignals

/// Opens the log file by its name again on SIGHUP, for programs that turn logs over.
public struct LogReopening: Service {
    private let sink: LogSink

    public init(_ sink: LogSink) { self.sink = sink }

    public func run() async throws {
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            for await _ in hangups { sink.reopen() }
        }
    }
}
