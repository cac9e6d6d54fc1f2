/// What the command line asks for.
public enum GlideinCommand: Sendable, Hashable {
    case help
    case version
    case run(GlideinOptions)
}

/// A command line that cannot be carried out, and why.
public struct OptionError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ option: String, _ obstacle: String) { description = option + " " + obstacle }
    init(_ description: String) { self.description = description }
}
