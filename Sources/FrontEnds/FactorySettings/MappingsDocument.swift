public import BatchSystems
public import Factory
import Foundation
public import VC3Configuration
public import VC3Model

/// `mappings.conf`: what the words of batch systems, and of those who know the jobs, mean. What it does not name is as the
/// program has it.
public struct MappingsDocument: ConfigurationSchema, Sendable {
    /// Of batch systems of which something is written.
    public var batchSystems: [BatchSystemFlavor: StateMapping] = [:]
    public var ready = ReadyWords()

    public init(reading configuration: ConfigurationReader) {
        for flavor in BatchSystemFlavor.allCases {
            let section = configuration.section(Self.section(of: flavor))
            let mapping = Self.mapping(section, of: flavor, configuration)
            if !mapping.meanings.isEmpty { batchSystems[flavor] = mapping }
        }
        for (name, meaning) in Self.withoutEffect {
            let section = configuration.section(name)
            for key in section.keyNames { section.ignored(key, meaning) }
        }
        ready.condor = Self.condor(configuration)
        ready.workQueue = Self.workQueue(configuration)
    }

    /// - Parameter mayBeMissing: Whether a file that is not there says nothing.
    /// - Returns: The mappings, and warnings to show.
    /// - Throws: ``ConfigurationError``.
    public static func load(
        file: String, mayBeMissing: Bool = true
    ) throws -> (settings: Self, warnings: [ConfigurationDiagnostic]) {
        try load(INIDocument(files: [file], missingFilesAllowed: mayBeMissing), homeDirectory: NSHomeDirectory())
    }

    /// As the original calls that of HTCondor.
    static func section(of flavor: BatchSystemFlavor) -> String {
        flavor.rawValue.uppercased() + "BATCHSTATUS-JOBSTATUS2INFO"
    }

    private static let withoutEffect = [
        ("NATIVECONDORBATCHSTATUS", "what statuses are called in statusraw does not change"),
        ("CONDOREC2BATCHSTATUS-JOBSTATUS2INFO", "machines are jobs of the same schedd as all others"),
        ("PANDAWMSSTATUS-JOBSSTATISTICSPERSITE2INFO", "there is no such source of demand"),
    ]

    /// Which a file of the original may have, and no manual any more.
    private static let formerly = [BatchSystemFlavor.condor: "0"]

    /// What a state may be called.
    private static func words(of flavor: BatchSystemFlavor) -> String {
        let states = flavor.adapter().states
        let words = (formerly[flavor].map { [$0] } ?? []) + states.rows.map(\.word)
        return (states.isOfLetters ? "one or more of the letters " : "one of ") + words.joined(separator: ", ")
    }

    private static func mapping(
        _ section: SectionReader, of flavor: BatchSystemFlavor, _ configuration: ConfigurationReader
    ) -> StateMapping {
        let states = flavor.adapter().states
        var mapping = StateMapping()
        for word in section.keyNames {
            let kind = ValueKind<StateMapping.Meaning>.caseOf(StateMapping.Meaning.self, fallback: .pending)
            let meaning = section.required(word, kind, "what it means")
            guard states.knows(word) || formerly[flavor] == word else {
                report(word, isNo: "state of \(flavor.title)", in: section, words(of: flavor), configuration)
                continue
            }
            if let row = states.rows.first(where: { $0.word == word }), row.hasEnded, meaning != .done {
                configuration.report(
                    .error(
                        "[\(section.name)] \(word) = \(meaning.rawValue) is not allowed: a job in that state has ended"
                            + " (\(row.meaning)), and a pilot of it would never be replaced; give done",
                        at: section.origin(of: word)))
                continue
            }
            mapping.meanings[word] = meaning
        }
        return mapping
    }

    /// The words that those have who know the jobs.
    private enum Readiness: String, CaseIterable {
        case ready, notready, running, done, failed
    }

    private static func condor(_ configuration: ConfigurationReader) -> Set<Int> {
        let section = configuration.section("CONDORWMSSTATUS-JOBSTATUS2INFO")
        let states = BatchSystemFlavor.condor.adapter().states
        var ready = ReadyWords().condor
        for word in section.keyNames {
            let isReady = isReady(word, section)
            guard let status = Int(word), states.knows(word) || formerly[.condor] == word else {
                report(word, isNo: "state of HTCondor", in: section, words(of: .condor), configuration)
                continue
            }
            if isReady { ready.insert(status) } else { ready.remove(status) }
        }
        if ready.isEmpty { report(nothingReadyIn: section, configuration) }
        return ready
    }

    private static func workQueue(_ configuration: ConfigurationReader) -> Set<String> {
        let section = configuration.section("WORKQUEUEWMSSTATUS-JOBSTATUS2INFO")
        var ready = ReadyWords().workQueue
        for word in section.keyNames {
            let isReady = isReady(word, section)
            guard WorkQueueDemand.counts.contains(word) else {
                let counts = WorkQueueDemand.counts.joined(separator: ", ")
                report(word, isNo: "count of tasks of Work Queue", in: section, "one of \(counts)", configuration)
                continue
            }
            if isReady { ready.insert(word) } else { ready.remove(word) }
        }
        if ready.isEmpty { report(nothingReadyIn: section, configuration) }
        return ready
    }

    private static func isReady(_ word: String, _ section: SectionReader) -> Bool {
        section.required(word, .caseOf(Readiness.self, fallback: .ready), "what it means") == .ready
    }

    /// Of a word that nobody ever says.
    private static func report(
        _ word: String, isNo thing: String, in section: SectionReader, _ allowed: String,
        _ configuration: ConfigurationReader
    ) {
        configuration.report(
            .error("[\(section.name)] '\(word)' is no \(thing); give \(allowed)", at: section.origin(of: word)))
    }

    private static func report(nothingReadyIn section: SectionReader, _ configuration: ConfigurationReader) {
        configuration.report(
            .error(
                "[\(section.name)] leaves nothing that is ready, so that no job would ever count; give ready to one",
                at: section.keyNames.first.flatMap(section.origin)))
    }
}
