/// Turns a document into typed settings, and remembers every key that was asked for.
///
/// The keys a program asks for *are* the schema: unknown-key warnings, `--check-config` and the reference page all come
/// from the same calls. A reader lives for one pass over one document, on one task.
public final class ConfigurationReader {
    let document: INIDocument
    let context: ConfigurationContext
    private(set) var keys: [ConfigurationKey] = []
    private(set) var diagnostics: [ConfigurationDiagnostic] = []
    private var knownKeys: [String: Set<String>] = [:]
    private var openSections: Set<String> = []

    init(_ document: INIDocument, context: ConfigurationContext) {
        self.document = document
        self.context = context
    }

    /// The sections that the document has, without `[DEFAULT]`, in the order of the files.
    public var sectionNames: [String] { document.sections.map(\.name) }

    /// Reads one section, present or not. Values missing from it come from `[DEFAULT]`, then from the program.
    public func section(_ name: String) -> SectionReader {
        if knownKeys[name] == nil { knownKeys[name] = [] }
        return SectionReader(name: name, reader: self)
    }

    /// Reports a fault that no single key has by itself, such as two keys that contradict each other.
    public func report(_ diagnostic: ConfigurationDiagnostic) {
        diagnostics.append(diagnostic)
    }

    func know(_ key: ConfigurationKey) {
        if knownKeys[key.section, default: []].insert(key.name.lowercased()).inserted { keys.append(key) }
    }

    func know(allKeysOf section: String) {
        openSections.insert(section)
    }

    /// Remarks on everything in the document that nobody asked for.
    func reportLeftovers() {
        let allKnown = knownKeys.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        for section in document.sections {
            guard let known = knownKeys[section.name] else {
                let hint = hint(nearest: section.name, among: knownKeys.keys.sorted()) { "[\($0)]" }
                diagnostics.append(.warning("section [\(section.name)] is not known\(hint)", at: section.origin))
                continue
            }
            reportSwallowed(in: section, known: known)
            guard !openSections.contains(section.name) else { continue }
            for entry in section.entries where !known.contains(entry.key.lowercased()) {
                reportUnknown(entry, in: section.name, known: known)
            }
        }
        reportSwallowed(in: document.defaults, known: allKnown)
        let referred = document.interpolatedKeys
        for entry in document.defaults.entries where openSections.isEmpty {
            let key = entry.key.lowercased()
            guard !allKnown.contains(key), !referred.contains(key) else { continue }
            reportUnknown(entry, in: INIDocument.defaultsName, known: allKnown)
        }
    }

    /// A key that is indented by mistake has become a part of the value above it.
    private func reportSwallowed(in section: INISection, known: Set<String>) {
        for entry in section.entries {
            for line in entry.rawValue.split(separator: "\n", omittingEmptySubsequences: false).dropFirst() {
                guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
                let key = line[..<separator].trimmingBlanks().lowercased()
                guard known.contains(key) else { continue }
                diagnostics.append(
                    .error(
                        "[\(section.name)] \(entry.key) goes on in an indented line that looks like the key '\(key)';"
                            + " begin that line without a blank", at: entry.origin))
            }
        }
    }

    private func reportUnknown(_ entry: INISection.Entry, in section: String, known: Set<String>) {
        let references = document.interpolatedKeys
        guard !references.contains(entry.key.lowercased()) else { return }
        let names = keys.filter { known.contains($0.name.lowercased()) }.map(\.name)
        let hint = hint(nearest: entry.key, among: names.sorted()) { "'\($0)'" }
        diagnostics.append(
            .warning("key '\(entry.key)' in [\(section)] is not known and has no effect\(hint)", at: entry.origin))
    }

    private func hint(nearest word: String, among names: [String], quote: (String) -> String) -> String {
        EditDistance.nearest(to: word, among: names).map { "; did you mean \(quote($0))?" } ?? ""
    }
}
