/// How much history is kept for watchers to resume from, and how they are told that they are alive.
public struct Retention: Sendable {
    /// Changes kept at least.
    public var count: Int
    /// Changes older than this go, however few there are.
    public var age: Duration

    public init(count: Int = 10_000, age: Duration = .seconds(24 * 3600)) {
        self.count = count
        self.age = age
    }
}
