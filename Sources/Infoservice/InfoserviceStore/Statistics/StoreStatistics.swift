/// What an ``EntityStore`` did since it was opened.
public final class StoreStatistics: Sendable {
    /// Changes that became durable together.
    public let batchSizes = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
    /// Seconds that the persistence took for one commit.
    public let commitSeconds = Histogram.seconds()
}
