public import FactoryMonitors
import Synchronization

/// What files say now of queues' logs and monitors, for those who run beside a Factory and ask each time.
public final class CurrentQueues: Sendable {
    private struct Notes: Equatable {
        var keepDays = QueueLogDays()
        /// Of each queue of a file, the sections of `monitor.conf` that it names.
        var named: [String: [String]] = [:]
        /// The same, of the queues of all requests.
        var usual: [String] = []
        var monitors: [QueueMonitor] = []
    }

    private let notes = Mutex(Notes())

    public init() {}

    /// - Returns: Whether they say something else than before.
    @discardableResult
    public func use(queues: [QueueSettings]) -> Bool {
        change {
            $0.keepDays.ofQueues = Dictionary(
                queues.compactMap { queue in queue.keepDays.map { (queue.name, $0) } }, uniquingKeysWith: max)
            $0.named = Dictionary(queues.map { ($0.name, $0.monitors) }, uniquingKeysWith: { $1 })
        }
    }

    /// - Returns: Whether they say something else than before.
    @discardableResult
    public func use(defaults: QueueDefaults) -> Bool {
        change {
            $0.keepDays.ofRequests = defaults.keepDays
            $0.usual = defaults.monitors
        }
    }

    /// - Returns: Whether they are others than before.
    @discardableResult
    public func use(monitors: [QueueMonitor]) -> Bool { change { $0.monitors = monitors } }

    /// Days for which logs are kept, where files say something else than the factory.
    public var keepDays: QueueLogDays { notes.withLock { $0.keepDays } }

    public var monitors: [QueueMonitor] { notes.withLock { $0.monitors } }

    /// Whether a monitor is told of this queue.
    public func tells(_ monitor: String, of queue: String) -> Bool {
        notes.withLock { ($0.named[queue] ?? $0.usual).contains(monitor) }
    }

    private func change(_ edit: (inout Notes) -> Void) -> Bool {
        notes.withLock { notes in
            let before = notes
            edit(&notes)
            return notes != before
        }
    }
}
