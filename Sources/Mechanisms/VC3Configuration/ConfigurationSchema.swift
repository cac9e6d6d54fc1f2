/// A program's settings, each declared once by the call that reads it.
///
/// ```swift
/// struct ServerSettings: ConfigurationSchema {
///     var port: Int
///
///     init(reading configuration: ConfigurationReader) {
///         let network = configuration.section("netcomm")
///         port = network.value("httpsport", .integer(in: 1...65_535), default: 20_334, "TCP port for HTTPS")
///     }
/// }
/// ```
public protocol ConfigurationSchema {
    init(reading configuration: ConfigurationReader)
}

extension ConfigurationSchema {
    /// Reads the settings from a document.
    ///
    /// - Parameter homeDirectory: What `~` stands for in paths.
    /// - Returns: The settings, and warnings to show to whoever starts the program.
    /// - Throws: ``ConfigurationError`` with every error and warning at once.
    public static func load(
        _ document: INIDocument, homeDirectory: String
    ) throws -> (settings: Self, warnings: [ConfigurationDiagnostic]) {
        let reader = ConfigurationReader(document, context: ConfigurationContext(homeDirectory: homeDirectory))
        let settings = Self(reading: reader)
        reader.reportLeftovers()
        let diagnostics = reader.diagnostics
        guard !diagnostics.contains(where: { $0.severity == .error }) else { throw ConfigurationError(diagnostics) }
        return (settings, diagnostics)
    }

    /// The keys that the settings are read from, in the order of reading.
    public static var keys: [ConfigurationKey] {
        let reader = ConfigurationReader(INIDocument(), context: ConfigurationContext(homeDirectory: "~"))
        _ = Self(reading: reader)
        return reader.keys
    }

    /// A configuration file with every key commented out at its default, each under a line that explains it.
    public static var sample: String {
        var text = ""
        var section: String?
        for key in keys where !key.allowed.isEmpty {
            if key.section != section { text += "\(text.isEmpty ? "" : "\n")[\(key.section)]\n" }
            section = key.section
            text += "# \(key.meaning). Give \(key.allowed).\n"
            text += key.fallback.map { "#\(key.name) = \($0)\n" } ?? "\(key.name) =\n"
        }
        return text
    }
}
