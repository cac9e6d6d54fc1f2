/// One remark on a configuration, for the person who wrote it.
public struct ConfigurationDiagnostic: Hashable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable {
        /// The program runs, but perhaps not as meant.
        case warning
        /// The program does not start.
        case error
    }

    public let severity: Severity
    /// Where to look; `nil` when nothing was written at all.
    public let origin: INIOrigin?
    public let message: String

    public static func warning(_ message: String, at origin: INIOrigin?) -> Self {
        Self(severity: .warning, origin: origin, message: message)
    }

    public static func error(_ message: String, at origin: INIOrigin?) -> Self {
        Self(severity: .error, origin: origin, message: message)
    }

    /// `file:line: severity: message`.
    public var description: String {
        (origin.map { "\($0): " } ?? "") + "\(severity.rawValue): \(message)"
    }
}

/// Everything that keeps a program from starting with its configuration.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let diagnostics: [ConfigurationDiagnostic]

    public init(_ diagnostics: [ConfigurationDiagnostic]) {
        self.diagnostics = diagnostics
    }

    /// One line for each diagnostic.
    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
