#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension INIDocument {
    /// Reads files in order; later ones override earlier ones.
    ///
    /// - Parameter missingFilesAllowed: Whether a file that does not exist counts as empty.
    /// - Throws: ``ConfigurationError`` naming each file that cannot be read or understood.
    public init(files: [String], missingFilesAllowed: Bool = false) throws {
        var problems: [ConfigurationDiagnostic] = []
        var merged = INIDocument()
        for file in files {
            do {
                guard let bytes = try Self.content(of: file, missingAllowed: missingFilesAllowed) else { continue }
                merged = merged.merging(try INIDocument(parsing: bytes, file: file))
            } catch let error as ConfigurationError {
                problems += error.diagnostics
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        self = merged
    }

    private static func content(of file: String, missingAllowed: Bool) throws -> [UInt8]? {
        guard let stream = fopen(file, "re") else {
            if errno == ENOENT, missingAllowed { return nil }
            throw unreadable(file, errno)
        }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        guard ferror(stream) == 0 else { throw unreadable(file, errno) }
        return bytes
    }

    private static func unreadable(_ file: String, _ number: Int32) -> ConfigurationError {
        let reason = String(cString: strerror(number))
        return ConfigurationError([.error("cannot read configuration file '\(file)': \(reason)", at: nil)])
    }
}
