public import ArgumentParser

/// What every program that runs for long is told in the same way.
public struct DaemonOptions: ParsableArguments {
    @OptionGroup public var logging: LoggingOptions

    @Flag(help: "Check the configuration and the files that it names, say what is wrong, and end.")
    public var checkConfig = false

    @Flag(help: "Print a configuration file with every key, its meaning and its default, and end.")
    public var showConfig = false

    @Option(
        help: ArgumentHelp(
            "Act as this user, when started as root; they must be able to read the configuration.", valueName: "user"))
    public var runas: String?

    public init() {}

    /// Becomes the user that is named, for good; see ``RunAs``.
    ///
    /// - Throws: ``StartError``.
    public func changeUser() throws {
        if let runas { try RunAs(user: runas).apply(givingAway: logging.file) }
    }
}
