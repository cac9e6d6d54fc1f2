import VC3Model

/// An attempt to make a proxy again that failed.
struct RenewalAttempt: Sendable, Equatable {
    /// With those before it, in a row.
    let count: Int
    let trouble: String
    /// When the next one is due.
    let next: Timestamp

    init(after last: RenewalAttempt?, trouble: String, at now: Timestamp) {
        count = (last?.count ?? 0) + 1
        self.trouble = trouble
        next = now + min(.seconds(60) * (1 << min(count - 1, 4)), .seconds(600))
    }
}
