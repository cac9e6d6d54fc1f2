public import Factory
import VC3Configuration

/// A WMS status plugin by the name that `wmsstatusplugin` gives it.
public enum WMSStatusPlugin: String, Sendable, CaseIterable {
    /// Nobody is asked: rules that depend on jobs do nothing.
    case none = "None"
    case condor = "Condor"
    case workQueueCatalog = "WorkQueueCatalog"
}

/// Who knows how many jobs wait for a queue's pilots.
public struct QueueDemand: Sendable, Equatable {
    public var place: DemandPlace
    /// The longest time between two questions; `nil`: as the factory says.
    public var longest: Duration?

    /// - Returns: `nil` when nobody is asked, or after reporting what is wrong.
    init?(_ section: SectionReader, of configuration: ConfigurationReader) {
        let plugin = section.value(
            "wmsstatusplugin", ValueKind<WMSStatusPlugin>.caseOf(WMSStatusPlugin.self, fallback: .none), default: .none,
            "who is asked how many jobs wait for pilots")
        // The keys of the other plugins may stand in [DEFAULT].
        let condor = HTCondorDemand(section, of: configuration, isChosen: plugin == .condor)
        let workQueue = WorkQueueDemand(section, of: configuration, isChosen: plugin == .workQueueCatalog)
        let sleep = section.value(
            "workqueue.sleep", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(30),
            "longest time between two questions to the catalog")
        switch plugin {
        case .none: return nil
        case .condor:
            guard let condor else { return nil }
            place = .condor(condor)
        case .workQueueCatalog:
            guard let workQueue else { return nil }
            place = .workQueue(workQueue)
            longest = sleep
        }
    }
}

extension [QueueSettings] {
    /// Whom these queues need to be asked, and how often: where several ask the same, as often as the most eager of them.
    ///
    /// - Parameter usual: What the factory's configuration says.
    public func demandPlaces(_ usual: DemandPace) -> [DemandPlace: DemandPace] {
        var places: [DemandPlace: DemandPace] = [:]
        for demand in compactMap(\.demand) {
            let pace = DemandPace(longest: demand.longest ?? usual.longest, maxAge: usual.maxAge)
            if let other = places[demand.place], other.longest <= pace.longest { continue }
            places[demand.place] = pace
        }
        return places
    }
}

extension HTCondorDemand {
    /// What `wmsstatus.condor.queueskey` says for all jobs.
    private static let all = "ANY"

    fileprivate init?(_ section: SectionReader, of configuration: ConfigurationReader, isChosen: Bool) {
        let prefix = "wmsstatus.condor."
        let host = section.value(
            prefix + "scheddhost", .nonEmptyText, default: "localhost",
            "name of the schedd; localhost: that of this machine")
        let collector = section.value(
            prefix + "collectorhost", .nonEmptyText, default: "localhost",
            "host of its collector; localhost, with port 9618: as this machine's HTCondor is configured")
        let port = section.value(
            prefix + "collectorport", .integer(in: 1...65_535), default: 9618, "port of the collector")
        section.ignored(prefix + "scheddport", "the collector tells where the schedd is")
        let attribute = section.value(
            prefix + "queueskey", .nonEmptyText, default: Self.all,
            "attribute of jobs that has wmsqueue in it; ANY: all jobs count")
        let queue = section.value("wmsqueue", .text, default: "", "what jobs for this queue are marked with")
        let constraint = section.value(
            prefix + "constraint", ValueKind<String>.nonEmptyText.optional, default: nil,
            "a ClassAd expression: only jobs for which it is true count")
        let isLocal = collector == "localhost" && port == 9618
        self.init(
            schedd: host == "localhost" ? nil : host, pool: isLocal ? nil : "\(collector):\(port)",
            mark: attribute == Self.all ? nil : Mark(attribute: attribute, value: queue), constraint: constraint)
        guard isChosen else { return }
        let findings = [
            (host.hasPrefix("-"), "scheddhost is no name of a schedd"),
            (collector.hasPrefix("-"), "collectorhost is no name of a host"),
            (!Self.isAttribute(attribute), "queueskey is no name of an attribute; give one, or ANY for all jobs"),
            (
                attribute != Self.all && queue.isEmpty,
                "queueskey needs wmsqueue: which jobs are this queue's; set it, or make queueskey ANY"
            ),
            (!Self.isBalanced(constraint ?? ""), "constraint has a bracket or a quotation mark without its other half"),
        ]
        let wrong = findings.filter(\.0)
        for (_, words) in wrong {
            let key = prefix + String(words.prefix { $0 != " " })
            configuration.report(.error("[\(section.name)] \(prefix)\(words)", at: section.origin(of: key)))
        }
        if !wrong.isEmpty { return nil }
    }

    private static func isAttribute(_ text: String) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// Whether an expression stays within the brackets that it is put into.
    private static func isBalanced(_ expression: String) -> Bool {
        var depth = 0
        var quote: Character?
        var isEscaped = false
        for character in expression {
            if let open = quote {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == open {
                    quote = nil
                }
                continue
            }
            switch character {
            case "\"", "'": quote = character
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            if depth < 0 { return false }
        }
        return depth == 0 && quote == nil
    }
}

extension WorkQueueDemand {
    fileprivate init?(_ section: SectionReader, of configuration: ConfigurationReader, isChosen: Bool) {
        let program = section.value(
            "workqueue.exe.status", .nonEmptyText, default: "work_queue_status", "work_queue_status of cctools")
        let catalog = section.value(
            "workqueue.catalog", ValueKind<String>.nonEmptyText.optional, default: nil,
            "HOST:PORT of the catalog, several with commas between; None: as work_queue_status knows it")
        let projects = section.value(
            "workqueue.mastername", .nonEmptyText, default: "APF_master_.*",
            "regular expression: managers whose project begins so count")
        self.init(program: program, catalog: catalog, projects: projects)
        guard isChosen, (try? Regex(projects)) == nil else { return }
        configuration.report(
            .error(
                "[\(section.name)] workqueue.mastername = '\(projects)' is no regular expression",
                at: section.origin(of: "workqueue.mastername")))
        return nil
    }
}
