import Synchronization

/// Where a Factory can be looked at while it works, by what runs beside it.
public final class FactoryObservation: Sendable {
    private let source = Mutex<(@Sendable (Bool) async -> FactoryReport)?>(nil)

    public init() {}

    /// How the Factory does; `nil` while none works in this process.
    ///
    /// - Parameter naming: Whether the jobs of all pilots are named, which costs more with each pilot.
    public func report(naming jobs: Bool = false) async -> FactoryReport? {
        let source = source.withLock { $0 }
        return await source?(jobs)
    }

    /// Makes a Factory be seen while the work lasts.
    func showing<Result>(
        _ report: @escaping @Sendable (Bool) async -> FactoryReport, while work: () async throws -> Result
    ) async rethrows -> Result {
        source.withLock { $0 = report }
        defer { source.withLock { $0 = nil } }
        return try await work()
    }
}
