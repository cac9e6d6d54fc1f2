#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import VC3Commands

/// The waiting tasks of Work Queue's managers, as their catalog knows them (tested: cctools 9.9;
/// https://cctools.readthedocs.io, work_queue_status). Managers tell it about once a minute.
public struct WorkQueueDemand: Sendable, Hashable, CustomStringConvertible {
    /// work_queue_status, by name or path.
    public var program: String
    /// `HOST:PORT`, several with commas between; `nil`: as work_queue_status knows it.
    public var catalog: String?
    /// A regular expression that the beginning of a manager's project has to match.
    public var projects: String

    public init(program: String = "work_queue_status", catalog: String? = nil, projects: String) {
        self.program = program
        self.catalog = catalog
        self.projects = projects
    }

    public var description: String {
        "the managers '\(projects)' of the Work Queue catalog" + (catalog.map { " \($0)" } ?? "")
    }

    /// The counts of tasks that a manager tells of itself (`queue_to_jx` of cctools 9.9).
    public static let counts = [
        "tasks_waiting", "tasks_on_workers", "tasks_running", "tasks_with_results", "tasks_left", "tasks_submitted",
        "tasks_dispatched", "tasks_done", "tasks_failed", "tasks_cancelled", "tasks_exhausted_attempts",
        "tasks_complete",
    ]

    var command: Command {
        Command([program, "-l"] + (catalog.map { ["-C", $0] } ?? []), timeout: .seconds(60))
    }

    fileprivate struct Manager: Decodable {
        var type: String?
        var project: String?
        var tasks_waiting: Count?
        var tasks_total_cores: Count?
        var tasks_total_memory: Count?
        var tasks_total_disk: Count?
        var cores_inuse: Count?
        var memory_inuse: Count?
        var disk_inuse: Count?
        var cores_total: Count?
        var memory_total: Count?
        var disk_total: Count?
    }

    /// A catalog that knows no such manager is an answer: nothing waits.
    ///
    /// - Parameter words: Which counts of tasks are those of waiting ones.
    func demand(
        from reply: CommandResult, counting words: Set<String> = ReadyWords().workQueue
    ) throws(DemandError) -> JobDemand {
        if let failure = DemandError.failure(of: program, reply) { throw failure }
        let managers: [(known: Manager, all: [String: Field])]
        do {
            let data = Data(reply.output.utf8)
            let decoder = JSONDecoder()
            managers = Array(
                zip(
                    try decoder.decode([Manager].self, from: data),
                    try decoder.decode([[String: Field]].self, from: data)))
        } catch {
            throw DemandError("\(program) -l answered no list that can be read: \(error). It is asked again")
        }
        guard let pattern = try? Regex(projects) else {
            throw DemandError("'\(projects)' is no regular expression; mend workqueue.mastername")
        }
        let chosen = managers.filter { manager in
            manager.known.type ?? "wq_master" == "wq_master" && manager.known.project?.prefixMatch(of: pattern) != nil
        }
        var ready = 0
        for word in words.sorted() {
            for manager in chosen {
                guard let count = manager.all[word]?.count else {
                    throw DemandError("\(program) -l names a manager without \(word): its version is not known here")
                }
                ready += count.value
            }
        }
        let ours = chosen.map(\.known)
        return JobDemand(
            ready: ready,
            cores: ours.need(\.cores_inuse, \.tasks_total_cores, \.cores_total),
            memory: ours.need(\.memory_inuse, \.tasks_total_memory, \.memory_total),
            disk: ours.need(\.disk_inuse, \.tasks_total_disk, \.disk_total))
    }

    /// Whatever a manager tells; a count, if it is one.
    private struct Field: Decodable {
        var count: Count?

        init(from decoder: any Decoder) throws { count = try? Count(from: decoder) }
    }

    /// A number, which older versions write as text.
    fileprivate struct Count: Decodable {
        var value: Int

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let number: Double
            if let text = try? container.decode(String.self) {
                guard let read = Double(text) else { throw Self.unusable(container) }
                number = read
            } else {
                number = try container.decode(Double.self)
            }
            guard (0...1e12).contains(number) else { throw Self.unusable(container) }
            value = Int(number.rounded(.up))
        }

        private static func unusable(_ container: any SingleValueDecodingContainer) -> DecodingError {
            .dataCorruptedError(in: container, debugDescription: "no count")
        }
    }
}

extension [WorkQueueDemand.Manager] {
    /// The sum over all managers, or `nil` when one does not tell.
    fileprivate func total(_ field: KeyPath<Element, WorkQueueDemand.Count?>) -> Int? {
        var sum = 0
        for manager in self {
            guard let count = manager[keyPath: field] else { return nil }
            sum += count.value
        }
        return sum
    }

    /// What tasks are to have in all counts those that run.
    fileprivate func need(
        _ inUse: KeyPath<Element, WorkQueueDemand.Count?>, _ tasks: KeyPath<Element, WorkQueueDemand.Count?>,
        _ total: KeyPath<Element, WorkQueueDemand.Count?>
    ) -> JobDemand.WorkerNeed? {
        guard let inUse = self.total(inUse), let tasks = self.total(tasks), let total = self.total(total) else {
            return nil
        }
        return .init(inUse: inUse, waiting: Swift.max(0, tasks - inUse), total: total)
    }
}
