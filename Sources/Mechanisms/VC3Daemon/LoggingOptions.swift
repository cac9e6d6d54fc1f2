public import ArgumentParser
import Foundation
public import Logging

extension LineLogHandler.Form: ExpressibleByArgument {}

/// How and where is logged. The names are those of the original's daemons.
public struct LoggingOptions: ParsableArguments {
    @Flag(name: [.customShort("d"), .long], help: "Log everything, each request included.")
    public var debug = false

    @Flag(name: [.customShort("v"), .long, .customLong("verbose")], help: "Log what happens (the default).")
    public var info = false

    @Flag(help: "Log warnings and errors only.")
    public var quiet = false

    @Flag(help: "Show what goes to the log file on standard output as well.")
    public var console = false

    @Option(help: ArgumentHelp("Log file; 'stdout' or 'stderr' (the default) for those.", valueName: "file"))
    public var log: String?

    @Option(help: "Form of log lines: text or json.")
    public var logFormat: LineLogHandler.Form = .text

    @Option(help: "Megabytes after which the log file is turned over.")
    public var maxlogsize: Int = 4096

    @Option(help: "How many turned-over log files are kept.")
    public var logrotations: Int = 2

    public init() {}

    public func validate() throws {
        guard maxlogsize > 0 else { throw ValidationError("--maxlogsize must be at least 1 (megabyte)") }
        guard logrotations >= 0 else { throw ValidationError("--logrotations must be at least 0") }
    }

    /// The log file; `nil` when the log goes elsewhere.
    public var file: String? {
        if case .file(let path) = place { return path }
        return nil
    }

    /// From here on all loggers of the process write to the sink.
    ///
    /// - Parameters:
    ///   - program: The label of the returned logger.
    ///   - configured: What the configuration says; the options go before it.
    /// - Throws: ``StartError`` when the log file cannot be opened.
    public func start(_ program: String, level configured: LogLevel?) throws -> (Logger, LogSink) {
        let sink = try LogSink(
            place, longest: Int64(maxlogsize) * 1_000_000, kept: logrotations, alsoShown: console)
        let level = level(configured)
        let form = logFormat
        LoggingSystem.bootstrap { _ in LineLogHandler(level: level, form: form, sink: sink) }
        return (Logger(label: program), sink)
    }

    private var place: LogSink.Place {
        switch log {
        case nil, "stderr": .standardError
        case "stdout": .standardOutput
        case let path?: .file(NSString(string: path).expandingTildeInPath)
        }
    }

    private func level(_ configured: LogLevel?) -> Logger.Level {
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
