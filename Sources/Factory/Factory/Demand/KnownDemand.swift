import Synchronization

/// What is known at the moment of the jobs that wait, by whom it was asked of.
public final class KnownDemand: Sendable {
    private let answers = Mutex<[DemandPlace: JobDemand]>([:])

    public init() {}

    /// - Parameter demand: `nil` when it is not known any more.
    public func note(_ demand: JobDemand?, at place: DemandPlace) { answers.withLock { $0[place] = demand } }

    subscript(place: DemandPlace) -> JobDemand? { answers.withLock { $0[place] } }
}
