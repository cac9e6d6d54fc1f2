import VC3Configuration

/// Configuration files: several, with a form feed between them, read one after the other as a program reads them. Every
/// value of every section is read as text and as every kind of value.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    var merged = INIDocument()
    for (number, part) in bytes.split(separator: 0x0c, maxSplits: 7, omittingEmptySubsequences: false).enumerated() {
        guard let document = read(Array(part), file: "\(number).conf") else { continue }
        check(document, over: merged)
        merged = merged.merging(document)
    }
    for section in merged.sections + [merged.defaults] {
        for entry in section.entries { _ = try? merged.value(entry.key, in: section.name) }
    }
    load(merged)
    return 0
}

/// Whatever is wrong is told with its place.
private func read(_ bytes: [UInt8], file: String) -> INIDocument? {
    do {
        return try INIDocument(parsing: bytes, file: file)
    } catch let error as ConfigurationError {
        precondition(!error.diagnostics.isEmpty)
        // A line ends at each of these; what is one Character may have two.
        let lines = 1 + bytes.count
        for diagnostic in error.diagnostics {
            guard let origin = diagnostic.origin else { preconditionFailure("without a place: \(diagnostic)") }
            precondition(origin.file == file && (1...lines).contains(origin.line))
        }
        return nil
    } catch {
        preconditionFailure("\(error)")
    }
}

/// A later file wins, key by key, and takes nothing away.
private func check(_ later: INIDocument, over earlier: INIDocument) {
    let merged = earlier.merging(later)
    precondition(earlier.sections.map(\.name) == Array(merged.sections.map(\.name).prefix(earlier.sections.count)))
    for section in later.sections + [later.defaults] {
        for entry in section.entries { precondition(merged[section: section.name]?[entry.key] == entry) }
    }
    for section in earlier.sections {
        for entry in section.entries {
            let now = merged[section: section.name]?[entry.key]
            precondition(now == later[section: section.name]?[entry.key] ?? entry)
        }
    }
    precondition(merged.merging(later) == merged)
}

private func load(_ document: INIDocument) {
    do {
        _ = try Everything.load(document, homeDirectory: "/home/f")
    } catch let error as ConfigurationError {
        precondition(error.diagnostics.contains { $0.severity == .error })
    } catch {
        preconditionFailure("\(error)")
    }
}

/// Reads each key that there is as every kind of value, and some that there need not be.
private struct Everything: ConfigurationSchema {
    enum Word: String, CaseIterable {
        case one, two
    }

    init(reading configuration: ConfigurationReader) {
        for (number, name) in configuration.sectionNames.enumerated() where number < 20 {
            let section = configuration.section(name)
            for key in section.keyNames.prefix(20) {
                _ = section.value(key, .text, default: "", "")
                _ = section.value(key, ValueKind<String>.path.optional, default: nil, "")
                _ = section.value(key, .secret, default: "", "")
                _ = section.value(key, .boolean, default: false, "")
                _ = section.value(key, .integer(in: -1...7), default: 0, "")
                _ = section.value(key, .number(in: 0...1), default: 0, "")
                _ = section.value(key, .duration(), default: .zero, "")
                _ = section.value(key, .list, default: [], "")
                _ = section.value(key, .oneOf("a", "b"), default: "a", "")
                _ = section.value(key, .caseOf(Word.self, fallback: .one), default: .one, "")
            }
            _ = section.required("needed", .nonEmptyText, "")
            section.ignored("ignored", "")
            section.obsolete("obsolete", because: "it is")
            _ = section.values(after: "prefix.", "")
            if number % 2 == 0 { _ = section.allValues() }
        }
    }
}
