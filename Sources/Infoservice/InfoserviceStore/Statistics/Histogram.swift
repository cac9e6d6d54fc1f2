import Synchronization

/// Counts observations by size, without a lock: what Prometheus calls a histogram.
public final class Histogram: Sendable {
    private final class Cell: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Upper bounds, ascending; one bucket more holds what is larger than the last.
    public let bounds: [Double]
    private let cells: [Cell]
    /// In millionths, so that adding is one atomic step.
    private let millionths = Atomic<Int>(0)

    public init(bounds: [Double]) {
        self.bounds = bounds
        cells = (0...bounds.count).map { _ in Cell() }
    }

    /// For times in seconds, from half a millisecond to ten seconds.
    public static func seconds() -> Histogram {
        Histogram(bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    }

    public func observe(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        cells[index].count.add(1, ordering: .relaxed)
        millionths.add(Int(value * 1_000_000), ordering: .relaxed)
    }

    /// Observations up to each bound, all of them, and their sum. Taken while others observe, so the three may differ
    /// by what comes in between.
    public var snapshot: (cumulative: [Int], count: Int, sum: Double) {
        var total = 0
        let cumulative = cells.map { cell in
            total += cell.count.load(ordering: .relaxed)
            return total
        }
        return (Array(cumulative.dropLast()), total, Double(millionths.load(ordering: .relaxed)) / 1_000_000)
    }
}
