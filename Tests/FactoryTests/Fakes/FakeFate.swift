import VC3Model

/// What one seed decides, the time, and what has happened. Confined to the ``FakeWorld``.
final class FakeFate {
    private var random: SeededRandom
    var faults: FakeWorld.Faults
    private(set) var counts = [Int](repeating: 0, count: FakeFault.allCases.count)
    var now = Duration.zero
    private(set) var log: [String] = []
    /// Whether ``note(_:)`` keeps anything.
    let isFollowed: Bool

    init(seed: UInt64, faults: FakeWorld.Faults, isFollowed: Bool) {
        random = SeededRandom(seed: seed)
        self.faults = faults
        self.isFollowed = isFollowed
    }

    /// Whether a fault happens now, with this chance.
    func happens(_ fault: FakeFault, _ chance: Double) -> Bool {
        guard happens(chance) else { return false }
        count(fault)
        return true
    }

    func count(_ fault: FakeFault) { counts[fault.rawValue] += 1 }

    func happens(_ chance: Double) -> Bool { Double.random(in: 0..<1, using: &random) < chance }

    func seconds(_ range: ClosedRange<Double>) -> Duration { .seconds(Double.random(in: range, using: &random)) }

    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    func shuffled<Element>(_ elements: [Element]) -> [Element] { elements.shuffled(using: &random) }

    func note(_ text: @autoclosure () -> String) {
        if isFollowed { log.append("\(now.inMilliseconds) ms: \(text())") }
    }
}
