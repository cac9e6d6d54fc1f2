/// Reads the keys of one section.
///
/// No call throws: a bad value is noted, the placeholder is returned, and ``ConfigurationSchema/load(_:homeDirectory:)``
/// throws all the notes together.
public struct SectionReader {
    public let name: String
    let reader: ConfigurationReader

    /// Whether the document has the section at all.
    public var isPresent: Bool { reader.document[section: name] != nil }

    /// The keys that the section itself has, as written, in order.
    public var keyNames: [String] { reader.document[section: name]?.entries.map(\.key) ?? [] }

    /// Where the value of `key` was written; `nil` when the default is in force.
    public func origin(of key: String) -> INIOrigin? {
        (reader.document[section: name]?[key] ?? reader.document.defaults[key])?.origin
    }

    /// Where the section begins.
    public var headingOrigin: INIOrigin? { reader.document[section: name]?.origin }

    /// The value of a key that the program can do without.
    public func value<Value>(
        _ key: String, _ kind: ValueKind<Value>, default fallback: Value, _ meaning: String
    ) -> Value {
        reader.know(
            ConfigurationKey(
                section: name, name: key, allowed: kind.allowed, fallback: kind.isSecret ? "" : kind.render(fallback),
                meaning: meaning))
        return written(key, kind) ?? fallback
    }

    /// The value of a key that must be written.
    public func required<Value>(_ key: String, _ kind: ValueKind<Value>, _ meaning: String) -> Value {
        reader.know(
            ConfigurationKey(section: name, name: key, allowed: kind.allowed, fallback: nil, meaning: meaning))
        if let value = written(key, kind) { return value }
        if origin(of: key) == nil {
            let section = reader.document[section: name]
            reader.report(
                .error("key '\(key)' is missing from [\(name)]; give \(kind.allowed) (\(meaning))", at: section?.origin)
            )
        }
        return kind.placeholder
    }

    /// Accepts a key of older configurations and warns that it has no effect.
    public func obsolete(_ key: String, because reason: String) {
        reader.know(
            ConfigurationKey(section: name, name: key, allowed: "", fallback: "", meaning: "no effect: \(reason)"))
        if let origin = reader.document[section: name]?[key]?.origin {
            reader.report(.warning("key '\(key)' in [\(name)] has no effect: \(reason)", at: origin))
        }
    }

    /// Accepts a key of older configurations without a remark.
    public func ignored(_ key: String, _ meaning: String) {
        reader.know(ConfigurationKey(section: name, name: key, allowed: "", fallback: "", meaning: meaning))
    }

    /// Every key of the section and of `[DEFAULT]` with its interpolated text, for sections whose keys are not fixed.
    ///
    /// From here on no key of the section counts as unknown.
    public func allValues() -> [(key: String, value: String)] {
        reader.know(allKeysOf: name)
        let own = reader.document[section: name]?.entries ?? []
        let inherited = reader.document.defaults.entries.filter { reader.document[section: name]?[$0.key] == nil }
        return (own + inherited).compactMap { entry in interpolated(entry.key).map { (entry.key, $0.text) } }
    }

    /// The keys that begin with `prefix`, in the section or in `[DEFAULT]`, where their ends are the writer's own choice: what
    /// follows the prefix as written, and the interpolated text, in the order of the file.
    public func values(after prefix: String, _ meaning: String) -> [(name: String, text: String)] {
        let own = reader.document[section: name]?.entries ?? []
        let inherited = reader.document.defaults.entries.filter { reader.document[section: name]?[$0.key] == nil }
        return (own + inherited).filter { $0.key.lowercased().hasPrefix(prefix.lowercased()) }.compactMap { entry in
            reader.know(
                ConfigurationKey(section: name, name: entry.key, allowed: "any text", fallback: "", meaning: meaning))
            return interpolated(entry.key).map { (String(entry.key.dropFirst(prefix.count)), $0.text) }
        }
    }

    private func written<Value>(_ key: String, _ kind: ValueKind<Value>) -> Value? {
        guard let value = interpolated(key) else { return nil }
        if let parsed = kind.parse(value.text, reader.context) { return parsed }
        let shown = kind.isSecret ? "the value of \(key)" : "\(key) = '\(value.text)'"
        reader.report(.error("[\(name)] \(shown) is not allowed; give \(kind.allowed)", at: value.origin))
        return kind.placeholder
    }

    private func interpolated(_ key: String) -> INIDocument.Value? {
        do {
            return try reader.document.value(key, in: name)
        } catch let error as ConfigurationError {
            error.diagnostics.forEach(reader.report)
        } catch {
            reader.report(.error("[\(name)] \(key) cannot be read: \(error)", at: origin(of: key)))
        }
        return nil
    }
}
