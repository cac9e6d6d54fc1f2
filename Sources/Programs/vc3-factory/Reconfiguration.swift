import Factory
import FactorySettings
import Foundation
import Logging
import ServiceLifecycle
import VC3Configuration

/// Takes over what changes in `vc3defaults.conf`, `monitor.conf`, `mappings.conf` and files of queues while the program runs:
/// within about a second, and at the latest when the interval is over. What has an error in it, or is gone, changes nothing.
struct Reconfiguration: Service {
    let keys: FactoryKeys
    let limits: SizingLimits
    let queues: QueueBoard
    let demands: QueueDemands
    let mappings: WordMappings
    let current: CurrentQueues
    let logger: Logger

    private var interval: Duration { keys.reconfiguration.interval }
    private static let pace = Duration.seconds(1)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var known = stamps
                var look = ContinuousClock.now
                // What had an error is said once, not at each look.
                var complaints: [String: String] = [:]
                while true {
                    try await Task.sleep(for: min(Self.pace, interval))
                    let now = stamps
                    if now == known, look.duration(to: .now) < interval { continue }
                    known = now
                    look = .now
                    await take(over: "defaults", &complaints) { try takeDefaults() }
                    await take(over: "queues", &complaints) { try await takeQueues() }
                    await take(over: "monitors", &complaints) { try takeMonitors() }
                    await take(over: "mappings", &complaints) { try takeMappings() }
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private func take(over part: String, _ complaints: inout [String: String], _ body: () async throws -> Void) async {
        do {
            try await body()
            complaints[part] = nil
        } catch {
            if complaints.updateValue("\(error)", forKey: part) == "\(error)" { return }
            logger.error("\(error)", metadata: ["part": "\(part)", "effect": "what it said before holds"])
        }
    }

    private func takeDefaults() throws {
        let (defaults, warnings) = try QueueDefaults.load(file: keys.reconfiguration.queueDefaults)
        let isOn = keys.queuesEnabled && keys.cycles != 0 && keys.reconfiguration.queueSources.contains(.vc3)
        let rules: [any SizingRule] = isOn ? defaults.limits : [Null()]
        let isOther = current.use(defaults: defaults)
        guard isOther || "\(rules)" != "\(limits.current)" else { return }
        limits.replace(with: rules)
        for warning in warnings { logger.warning("\(warning)") }
        logger.notice("took over", metadata: ["file": "\(keys.reconfiguration.queueDefaults)"])
    }

    private func takeQueues() async throws {
        let (sections, warnings) = try FileQueues.load(keys, mayBeMissing: queues.isEmpty)
        // What concerns pilots, and what does not: how long logs are kept, who is told, how often somebody is asked.
        let changes = queues.replace(with: sections.running)
        await demands.use(sections.settings)
        let isOther = current.use(queues: sections.settings)
        guard isOther || !changes.isEmpty else { return }
        for warning in warnings { logger.warning("\(warning)") }
        logger.notice(
            "took over queues",
            metadata: [
                "added": "\(changes.added.joined(separator: ", "))",
                "changed": "\(changes.changed.joined(separator: ", "))",
                "removed": "\(changes.removed.joined(separator: ", "))",
            ])
    }

    private func takeMonitors() throws {
        let (document, warnings) = try MonitorDocument.load(file: keys.monitors.file)
        guard current.use(monitors: document.monitors) else { return }
        for warning in warnings { logger.warning("\(warning)") }
        logger.notice("took over", metadata: ["file": "\(keys.monitors.file)"])
    }

    private func takeMappings() throws {
        let (document, warnings) = try MappingsDocument.load(
            file: keys.mappingsFile, mayBeMissing: mappings.isEmpty)
        guard mappings.replace(with: document.batchSystems, ready: document.ready) else { return }
        for warning in warnings { logger.warning("\(warning)") }
        logger.notice("took over", metadata: ["file": "\(keys.mappingsFile)"])
    }

    /// What tells that a file is another one than before.
    private var stamps: [String: Stamp] {
        let files = keys.files.all() + [keys.reconfiguration.queueDefaults, keys.monitors.file, keys.mappingsFile]
        return Dictionary(files.map { ($0, Stamp(of: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    private struct Stamp: Equatable {
        var number: Int?
        var size: Int?
        var changed: Date?

        init(of file: String) {
            let facts = try? FileManager.default.attributesOfItem(atPath: file)
            number = facts?[.systemFileNumber] as? Int
            size = facts?[.size] as? Int
            changed = facts?[.modificationDate] as? Date
        }
    }
}
