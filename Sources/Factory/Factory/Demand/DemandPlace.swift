import VC3Commands

/// What is asked how many jobs wait for a queue's pilots.
///
/// As with batch systems, a place builds the command and reads the reply; it runs nothing and remembers nothing. Places
/// that are equal give the same answer, so that queues share it.
public enum DemandPlace: Sendable, Hashable {
    case condor(HTCondorDemand)
    case workQueue(WorkQueueDemand)

    func command(counting words: ReadyWords) -> Command {
        switch self {
        case .condor(let demand): demand.command(counting: words.condor)
        case .workQueue(let demand): demand.command
        }
    }

    /// What the reply says.
    ///
    /// - Throws: ``DemandError`` when it is not whole or not understood. Then nothing is known.
    func demand(from reply: CommandResult, counting words: ReadyWords = ReadyWords()) throws(DemandError) -> JobDemand {
        switch self {
        case .condor(let demand): try demand.demand(from: reply)
        case .workQueue(let demand): try demand.demand(from: reply, counting: words.workQueue)
        }
    }
}

extension DemandPlace: CustomStringConvertible {
    public var description: String {
        switch self {
        case .condor(let demand): demand.description
        case .workQueue(let demand): demand.description
        }
    }
}
