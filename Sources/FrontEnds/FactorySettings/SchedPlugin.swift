public import Factory
public import VC3Configuration

/// A sched plugin by the name that `schedplugin` gives it, and how its keys become a rule.
public enum SchedPlugin: String, Sendable, CaseIterable {
    case keepNRunning = "KeepNRunning"
    case keepNQueueLife = "KeepNQueueLife"
    case ready = "Ready"
    case fillActivated = "Fillactivated"
    case weightedActivated = "WeightedActivated"
    case activated = "Activated"
    case simple = "Simple"
    case simpleNQueue = "SimpleNQueue"
    case trivial = "Trivial"
    case fixed = "Fixed"
    case null = "Null"
    case scale = "Scale"
    case maxPerCycle = "MaxPerCycle"
    case minPerCycle = "MinPerCycle"
    case maxPending = "MaxPending"
    case minPending = "MinPending"
    case maxToRun = "MaxToRun"
    case maxPerFactory = "MaxPerFactory"
    case maxToSubmit = "MaxToSubmit"
    case minToSubmit = "MinToSubmit"
    case statusTest = "StatusTest"
    case statusOffline = "StatusOffline"
    case throttle = "Throttle"
    case workQueueResources = "WorkQueueResources"

    /// The rules that a section's `schedplugin` names, in its order.
    public static func chain(_ section: SectionReader, of configuration: ConfigurationReader) -> [any SizingRule] {
        let names = section.value(
            "schedplugin", .list, default: [Self.keepNRunning.rawValue],
            "sched plugins, each of which changes the number that the one before gave")
        // All are read, so that keys of plugins that are not in use just now count as known.
        let rules = Dictionary(
            uniqueKeysWithValues: allCases.map { plugin in
                let keys = PluginKeys(section, prefix: "sched." + plugin.rawValue.lowercased())
                return (plugin, plugin.rule(keys))
            })
        return names.compactMap { name in
            if let plugin = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) {
                return rules[plugin] ?? nil
            }
            configuration.report(
                .error(
                    "[\(section.name)] schedplugin names '\(name)', which is none; give some of "
                        + allCases.map(\.rawValue).joined(separator: ", "), at: section.origin(of: "schedplugin")))
            return nil
        }
    }

    /// The rule, or `nil` for a limit that is not set: then the number stays as it is.
    private func rule(_ keys: PluginKeys) -> (any SizingRule)? {
        switch self {
        case .keepNRunning: KeepNRunning(keepRunning: keys.number("keep_running", "how many pilots to keep"))
        case .keepNQueueLife: KeepNQueueLife(jobs: keys.number("njobs", "how many pilots to submit in all"))
        case .ready: Ready(offset: keys.number("offset", 0, "so many ready jobs do not count"))
        case .fillActivated: FillActivated(fallback: keys.fallback)
        case .weightedActivated:
            WeightedActivated(
                readyWeight: keys.factor("activated", 1, "weight of ready jobs"),
                pendingWeight: keys.factor("pending", 1, "weight of waiting pilots"))
        case .activated: activated(keys)
        case .simple:
            Simple(
                fallback: keys.fallback, maxPendingPilots: keys.number("maxpendingpilots", 0, "most waiting; 0: any"),
                maxPilotsPerCycle: keys.number("maxpilotspercycle", 0, "most at a time; 0: any"))
        case .simpleNQueue:
            SimpleNQueue(
                fallback: keys.fallback, depth: keys.number("nqueue", 0, "how many are to wait in the queue"),
                depthBoost: keys.number("depthboost", 2, "times that, while more jobs are ready than pilots wait"),
                pilotLimit: keys.number("pilotlimit", 0, "most alive; 0: any"),
                maxPilotsPerCycle: keys.number("maxpilotspercycle", 0, "most at a time; 0: any"))
        case .trivial: FillActivated(fallback: keys.fallback)
        case .fixed: Fixed(pilotsPerCycle: keys.number("pilotspercycle", 0, "how many each time"))
        case .null: Null()
        case .scale: Scale(factor: keys.factor("factor", 1, "what the number is multiplied by"))
        case .maxPerCycle: keys.limit("maximum", "most at a time").map { MaxPerCycle(maximum: $0) }
        case .minPerCycle: keys.limit("minimum", "fewest at a time").map { MinPerCycle(minimum: $0) }
        case .maxPending: maxPending(keys)
        case .minPending: keys.limit("minimum", "fewest waiting").map { MinPending(minimum: $0) }
        case .maxToRun: keys.limit("maximum", "most alive").map { MaxToRun(maximum: $0) }
        case .maxPerFactory: MaxPerFactory()
        case .maxToSubmit: keys.limit("maximum", "most over the queue's life").map { MaxToSubmit(maximum: $0) }
        case .minToSubmit: keys.limit("minimum", "fewest over the queue's life").map { MinToSubmit(minimum: $0) }
        case .statusTest: StatusTest(pilots: keys.number("pilots", 0, "how many for a site in test"))
        case .statusOffline: StatusOffline(pilots: keys.number("pilots", 0, "how many for a site that is offline"))
        case .throttle:
            Throttle(
                interval: keys.time("interval", .seconds(3600), "how far back pilots count"),
                maxTime: keys.time("maxtime", .seconds(10), "a pilot that ran for less is short"),
                ratio: keys.factor("ratio", 0.5, "share of short ones above which it slows down"),
                submit: keys.number("submit", 1, "how many then"))
        case .workQueueResources: workQueueResources(keys.section)
        }
    }

    private func maxPending(_ keys: PluginKeys) -> (any SizingRule)? {
        let allowsNegative = keys.section.value(
            keys.prefix + ".allow_negative", .boolean, default: true, "whether more than that waiting are ended")
        return keys.limit("maximum", "most waiting").map {
            MaxPending(maximum: $0, allowsNegative: allowsNegative, limitsEmptyQueue: false)
        }
    }

    private func activated(_ keys: PluginKeys) -> any SizingRule {
        var rule = Activated()
        rule.fallback = keys.fallback
        rule.maxJobsToRun = keys.number("max_jobs_torun", 0, "most alive; 0: any")
        rule.maxPilotsPerCycle = keys.number("max_pilots_per_cycle", 0, "most at a time; 0: any")
        rule.minPilotsPerCycle = keys.number("min_pilots_per_cycle", 0, "fewest at a time")
        rule.minPilotsPending = keys.number("min_pilots_pending", 0, "fewest waiting")
        rule.maxPilotsPending = keys.number("max_pilots_pending", 0, "most waiting; 0: any")
        let test = Activated.TestMode(
            pilots: keys.number("testmode.pilots", 0, "how many for a site in test"),
            maxPending: keys.number("testmode.max_pending", 10, "with more waiting than that: none"))
        let isAllowed = keys.section.value(
            keys.prefix + ".testmode.allowed", .boolean, default: false, "whether a site in test gets so many")
        rule.testMode = isAllowed ? test : nil
        return rule
    }

    private func workQueueResources(_ section: SectionReader) -> any SizingRule {
        let some = ValueKind<Int>.integer(in: 1...1_000_000_000)
        return WorkQueueResources(
            cores: section.value("workqueue.cores", some, default: 1, "cores of a pilot"),
            memory: section.value("workqueue.memory", some, default: 512, "memory of a pilot in MB"),
            disk: section.value("workqueue.disk", some, default: 512, "disk of a pilot in MB"))
    }
}

/// The keys of one plugin in one section.
private struct PluginKeys {
    let section: SectionReader
    let prefix: String

    init(_ section: SectionReader, prefix: String) {
        self.section = section
        self.prefix = prefix
    }

    private static var counts: ValueKind<Int> { .integer(in: 0...1_000_000_000) }

    var fallback: Int { number("default", 0, "how many while the demand is not known") }

    func number(_ key: String, _ fallback: Int, _ meaning: String) -> Int {
        section.value("\(prefix).\(key)", Self.counts, default: fallback, meaning)
    }

    func number(_ key: String, _ meaning: String) -> Int? {
        section.value("\(prefix).\(key)", Self.counts.optional, default: nil, meaning + "; None: what comes in")
    }

    func limit(_ key: String, _ meaning: String) -> Int? {
        section.value("\(prefix).\(key)", Self.counts.optional, default: nil, meaning + "; None: any number")
    }

    func factor(_ key: String, _ fallback: Double, _ meaning: String) -> Double {
        section.value("\(prefix).\(key)", .number(in: 0...1_000_000), default: fallback, meaning)
    }

    func time(_ key: String, _ fallback: Duration, _ meaning: String) -> Duration {
        section.value("\(prefix).\(key)", .duration(), default: fallback, meaning)
    }
}
