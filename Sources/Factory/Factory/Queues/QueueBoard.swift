import Synchronization
import VC3Model

/// The queues of files as they are now. They may be replaced while the Factory runs.
public final class QueueBoard: Sendable {
    /// What a replacement did, by the names of queues.
    public struct Changes: Sendable, Equatable {
        public var added: [String] = []
        public var changed: [String] = []
        public var removed: [String] = []

        public var isEmpty: Bool { self == Changes() }
    }

    private let queues: Mutex<[String: FileQueue]>
    private let changes = AsyncStream<Set<String>>.makeStream()

    public init(_ queues: [FileQueue] = []) {
        self.queues = Mutex(Self.byKey(queues))
        changes.continuation.yield(Set(queues.map(\.key)))
    }

    /// Puts these in the place of all. Those with the same text as before are left alone.
    @discardableResult
    public func replace(with queues: [FileQueue]) -> Changes {
        let fresh = Self.byKey(queues)
        let old = self.queues.withLock { current in
            defer { current = fresh }
            return current
        }
        var changes = Changes()
        var keys: Set<String> = []
        for (key, queue) in fresh where old[key]?.text != queue.text {
            keys.insert(key)
            if old[key] == nil { changes.added.append(queue.name) } else { changes.changed.append(queue.name) }
        }
        for (key, queue) in old where fresh[key] == nil {
            keys.insert(key)
            changes.removed.append(queue.name)
        }
        if !keys.isEmpty { self.changes.continuation.yield(keys) }
        changes.added.sort()
        changes.changed.sort()
        changes.removed.sort()
        return changes
    }

    /// Keys of queues that came, changed or went. One task takes them.
    var news: AsyncStream<Set<String>> { changes.stream }

    public var isEmpty: Bool { queues.withLock { $0.isEmpty } }

    /// Whether the report tells of all of them.
    public func areAllKnown(to report: FactoryReport) -> Bool {
        let told = Set(report.sites.flatMap(\.sets).map(\.name))
        return queues.withLock { $0.keys.allSatisfy(told.contains) }
    }

    subscript(key: String) -> FileQueue? { queues.withLock { $0[key] } }

    var all: [FileQueue] { queues.withLock { Array($0.values) } }

    private static func byKey(_ queues: [FileQueue]) -> [String: FileQueue] {
        Dictionary(queues.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
    }
}
