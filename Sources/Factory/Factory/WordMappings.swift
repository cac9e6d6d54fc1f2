public import BatchSystems
import Synchronization
public import VC3Model

/// What words of batch systems, and of those who know the jobs, mean where the administrator knows better. They may be
/// replaced while the Factory runs, and count from the next answer on.
public final class WordMappings: Sendable {
    private struct Words: Equatable {
        var batchSystems: [BatchSystemFlavor: StateMapping] = [:]
        var ready = ReadyWords()
    }

    private let words = Mutex(Words())

    public init() {}

    /// Whether all words mean what the program says.
    public var isEmpty: Bool { words.withLock { $0 == Words() } }

    public var ready: ReadyWords { words.withLock { $0.ready } }

    subscript(flavor: BatchSystemFlavor) -> StateMapping {
        words.withLock { $0.batchSystems[flavor] } ?? StateMapping()
    }

    /// - Returns: Whether something means something else than before.
    @discardableResult
    public func replace(with batchSystems: [BatchSystemFlavor: StateMapping], ready: ReadyWords) -> Bool {
        let fresh = Words(batchSystems: batchSystems, ready: ready)
        return words.withLock { words in
            defer { words = fresh }
            return words != fresh
        }
    }
}
