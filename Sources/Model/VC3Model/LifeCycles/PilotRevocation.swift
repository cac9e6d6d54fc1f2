/// Pilots whose tokens were taken back: what a request's owner asked for, and since when its head node refuses them.
public enum PilotRevocation {
    /// How long a pilot's token is good, unless a Factory is told otherwise.
    public static let tokenLife = Duration.seconds(3600)
    /// For how long a head node refuses a pilot. Its token ends within ``tokenLife``, and the session that a token
    /// has opened within another hour; the rest is for clocks, and for Factories that were away.
    public static let retention = Duration.seconds(24 * 3600)

    /// Those that a head node has to refuse now, in a fixed order.
    ///
    /// - Parameters:
    ///   - asked: All that were ever asked for.
    ///   - since: When the head node was first made to refuse each.
    public static func inForce(_ asked: [String], since: [String: Timestamp], at now: Timestamp) -> [String] {
        Set(asked).filter { isInForce(since: since[$0], at: now) }.sorted()
    }

    /// Those that need not be kept any more, because nothing that they could show counts.
    public static func over(_ asked: [String], since: [String: Timestamp], at now: Timestamp) -> Set<String> {
        Set(asked).filter { !isInForce(since: since[$0], at: now) }
    }

    private static func isInForce(since: Timestamp?, at now: Timestamp) -> Bool {
        since.map { now - $0 < retention } ?? true
    }
}
