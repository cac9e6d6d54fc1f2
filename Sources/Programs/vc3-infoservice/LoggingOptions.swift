import ArgumentParser
import Foundation
import Logging

extension LineLogHandler.Form: ExpressibleByArgument {}

/// How and where is logged. The names are those of the original's daemons.
struct LoggingOptions: ParsableArguments {
    @Flag(name: [.customShort("d"), .long], help: "Log everything, each request included.")
    var debug = false

    @Flag(name: [.customShort("v"), .long, .customLong("verbose")], help: "Log what happens (the default).")
    var info = false

    @Flag(help: "Log warnings and errors only.")
    var quiet = false

    @Flag(help: "Show what goes to the log file on standard output as well.")
    var console = false

    @Option(help: ArgumentHelp("Log file; 'stdout' or 'stderr' (the default) for those.", valueName: "file"))
    var log: String?

    @Option(help: "Form of log lines: text or json.")
    var logFormat: LineLogHandler.Form = .text

    @Option(help: "Megabytes after which the log file is turned over.")
    var maxlogsize: Int = 4096

    @Option(help: "How many turned-over log files are kept.")
    var logrotations: Int = 2

    func validate() throws {
        guard maxlogsize > 0 else { throw ValidationError("--maxlogsize must be at least 1 (megabyte)") }
        guard logrotations >= 0 else { throw ValidationError("--logrotations must be at least 0") }
    }

    /// The log file; `nil` when the log goes elsewhere.
    var file: String? {
        if case .file(let path) = place { return path }
        return nil
    }

    /// From here on all loggers of the process write to the sink.
    func start(level configured: Settings.LogLevel?) throws -> (Logger, LogSink) {
        let sink = try LogSink(
            place, longest: Int64(maxlogsize) * 1_000_000, kept: logrotations, alsoShown: console)
        let level = level(configured)
        let form = logFormat
        LoggingSystem.bootstrap { _ in LineLogHandler(level: level, form: form, sink: sink) }
        return (Logger(label: "vc3-infoservice"), sink)
    }

    private var place: LogSink.Place {
        switch log {
        case nil, "stderr": .standardError
        case "stdout": .standardOutput
        case let path?: .file(NSString(string: path).expandingTildeInPath)
        }
    }

    private func level(_ configured: Settings.LogLevel?) -> Logger.Level {
        if debug { return .debug }
        if info { return .info }
        if quiet { return .warning }
        switch configured {
        case nil, .info: return .info
        case .debug: return .debug
        case .warning, .warn: return .warning
        case .error: return .error
        case .critical: return .critical
        }
    }
}
