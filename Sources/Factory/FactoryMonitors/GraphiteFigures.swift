import Factory
import VC3Model
import VC3Monitoring

/// What Graphite is told: how many pilots of each queue wait and run. Queues that went are told as zero for a while,
/// because Graphite shows the last figure that it was told.
struct GraphiteFigures: Sendable {
    /// How long a queue that went is still told.
    static let afterlife = Duration.seconds(15 * 60)

    /// The levels before the queue, `condor.factory`.
    let prefix: String
    /// Its dots become underscores: it is one level.
    let host: String
    private var lastSeen: [String: Timestamp] = [:]

    init(prefix: String, host: String) {
        self.prefix = prefix
        self.host = host
    }

    mutating func metrics(of report: FactoryReport, at now: Timestamp) -> [GraphiteMetric] {
        var counts: [String: (idle: Int, running: Int)] = [:]
        for (_, set) in report.allSets {
            let before = counts[set.queue] ?? (0, 0)
            counts[set.queue] = (before.idle + set.pending, before.running + set.running)
            lastSeen[set.queue] = now
        }
        lastSeen = lastSeen.filter { now - $0.value <= Self.afterlife }
        let time = now.milliseconds / 1000
        let start = "\(prefix).\(GraphiteMetric.level(host, keepingDots: false))"
        return lastSeen.keys.sorted().flatMap { queue in
            let levels = GraphiteMetric.level(queue, keepingDots: true)
            let count = counts[queue] ?? (0, 0)
            return [("idle", count.idle), ("running", count.running)].map { kind, value in
                GraphiteMetric(path: "\(start).\(kind).\(levels)", value: value, time: time)
            }
        }
    }
}
