public import Logging

/// Runs a reconciler over a queue of keys with bounded concurrency, until cancelled.
public struct ReconcileLoop<R: Reconciler>: Sendable {
    public let queue: WorkQueue<R.Key>
    private let reconciler: R
    private let workers: Int
    private let backoff: Backoff
    private let logger: Logger

    /// - Parameters:
    ///   - name: For log lines.
    ///   - workers: How many keys are looked at at once.
    ///   - backoff: Delays after a throw, counted for each key from its last success.
    public init(
        name: String, reconciler: R, workers: Int = 8, backoff: Backoff = Backoff(), logger: Logger,
        queue: WorkQueue<R.Key> = WorkQueue()
    ) {
        self.reconciler = reconciler
        self.workers = workers
        self.backoff = backoff
        self.queue = queue
        var logger = logger
        logger[metadataKey: "loop"] = "\(name)"
        self.logger = logger
    }

    public func run() async {
        let failures = FailureCounts<R.Key>()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await queue.runTimer() }
            group.addTask {
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
                await queue.close()
            }
            for _ in 0..<workers {
                group.addTask {
                    while let key = await queue.next() {
                        await turn(key, failures)
                        await queue.finish(key)
                    }
                }
            }
        }
    }

    private func turn(_ key: R.Key, _ failures: FailureCounts<R.Key>) async {
        do {
            let outcome = try await reconciler.reconcile(key)
            await failures.forget(key)
            if case .again(let delay) = outcome { await queue.add(key, at: .now + delay) }
        } catch is CancellationError {
            return
        } catch {
            let attempt = await failures.count(key)
            let delay = backoff.delay(attempt: attempt)
            // A first failure is most often a lost race for a revision, mended by the next look.
            logger.log(
                level: attempt > 2 ? .info : .debug, "will try again",
                metadata: [
                    "key": "\(key)", "attempt": "\(attempt)", "seconds": "\(delay.components.seconds)",
                    "error": "\(error)",
                ])
            await queue.add(key, at: .now + delay)
        }
    }
}

private actor FailureCounts<Key: Hashable & Sendable> {
    private var counts: [Key: Int] = [:]
    func count(_ key: Key) -> Int {
        counts[key, default: 0] += 1
        return counts[key, default: 1]
    }
    func forget(_ key: Key) { counts[key] = nil }
}
