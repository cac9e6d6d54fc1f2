/// Counts commands, in all and over the last minute.
struct CommandMeter: Sendable {
    private var total = 0
    private var connections = 0
    /// The last minute's starts, oldest first.
    private var recent: [ContinuousClock.Instant] = []

    mutating func count(at now: ContinuousClock.Instant) {
        total += 1
        recent.removeAll { $0.duration(to: now) > .seconds(60) }
        recent.append(now)
    }

    mutating func countConnection() {
        connections += 1
    }

    func usage(at now: ContinuousClock.Instant) -> SSHUsage {
        SSHUsage(
            commandsRun: total, commandsInLastMinute: recent.count { $0.duration(to: now) <= .seconds(60) },
            connectionsOpened: connections)
    }
}
