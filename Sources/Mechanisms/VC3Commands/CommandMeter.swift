/// Counts commands, in all and over the last minute, and what they went through.
struct CommandMeter: Sendable {
    private var total = 0
    private var connections = 0
    private var channels = 0
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

    mutating func countChannel() {
        channels += 1
    }

    func usage(at now: ContinuousClock.Instant, way: SSHUsage.Way) -> SSHUsage {
        SSHUsage(
            commandsRun: total, commandsInLastMinute: recent.count { $0.duration(to: now) <= .seconds(60) },
            connectionsOpened: connections, channelsOpened: channels, way: way)
    }
}
