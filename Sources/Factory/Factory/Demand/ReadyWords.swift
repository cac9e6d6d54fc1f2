/// Which words of those who know the jobs mean that a job could start at once if there were a worker.
public struct ReadyWords: Sendable, Equatable {
    /// Numbers of HTCondor's attribute JobStatus.
    public var condor: Set<Int>
    /// Counts of Work Queue's catalog.
    public var workQueue: Set<String>

    public init(condor: Set<Int> = [1], workQueue: Set<String> = ["tasks_waiting"]) {
        self.condor = condor
        self.workQueue = workQueue
    }
}
