/// Keeps pilots that nobody asked to be ended from being ended all at once, whatever was concluded and from what: a minute
/// takes a tenth of a site's pilots, or ten.
struct EndingBudget: Sendable {
    static let least = 10
    static let share = 10

    private var endings: [(at: Duration, count: Int)] = []

    /// How many may be ended now.
    ///
    /// - Parameter alive: How many there are.
    mutating func left(of alive: Int, at now: Duration) -> Int {
        endings.removeAll { now - $0.at >= .seconds(60) }
        let spent = endings.reduce(0) { $0 + $1.count }
        return max(0, max(Self.least, (alive + spent) / Self.share) - spent)
    }

    mutating func spend(_ count: Int, at now: Duration) {
        if count > 0 { endings.append((now, count)) }
    }

    /// When some of it comes back.
    var next: Duration? { endings.first.map { $0.at + .seconds(60) } }
}
