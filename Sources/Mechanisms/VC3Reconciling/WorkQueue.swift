/// Keys that need a look. A key that is added again before its turn is looked at once; one that is added while it is
/// being looked at gets another turn afterwards.
public actor WorkQueue<Key: Hashable & Sendable> {
    private var ready: [Key] = []
    private var isReady: Set<Key> = []
    private var isActive: Set<Key> = []
    private var isDirty: Set<Key> = []
    private var due: [Key: ContinuousClock.Instant] = [:]
    /// Counts wake-ups, so that one between looking at `due` and lying down to sleep is not missed.
    private var wakes = 0
    private var takers: [CheckedContinuation<Key?, Never>] = []
    private var sleepers: [CheckedContinuation<Void, Never>] = []
    private var isClosed = false

    public init() {}

    public func add(_ key: Key) {
        due[key] = nil
        if isActive.contains(key) {
            isDirty.insert(key)
        } else if isReady.insert(key).inserted {
            ready.append(key)
            serve()
        }
    }

    /// Adds the key later; an earlier time that is already set stays.
    public func add(_ key: Key, at instant: ContinuousClock.Instant) {
        if let set = due[key], set <= instant { return }
        due[key] = instant
        wakeTimer()
    }

    /// The next key, or `nil` once the queue is closed. Call ``finish(_:)`` when its turn is over.
    public func next() async -> Key? {
        if isClosed { return nil }
        if !ready.isEmpty { return take() }
        return await withCheckedContinuation { takers.append($0) }
    }

    public func finish(_ key: Key) {
        isActive.remove(key)
        if isDirty.remove(key) != nil { add(key) }
    }

    public func close() {
        isClosed = true
        for taker in takers { taker.resume(returning: nil) }
        takers = []
        wakeTimer()
    }

    /// Moves keys whose time has come; returns when closed or cancelled. One task runs it for each queue.
    public func runTimer() async {
        while !isClosed && !Task.isCancelled {
            let seen = wakes
            let now = ContinuousClock.now
            for (key, _) in due.filter({ $0.value <= now }).sorted(by: { $0.value < $1.value }) { add(key) }
            guard let earliest = due.values.min() else {
                await withCheckedContinuation { sleepers.append($0) }
                continue
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await Task.sleep(until: earliest, clock: .continuous) }
                group.addTask { await self.untilWoken(after: seen) }
                await group.next()
                self.wakeTimer()
                group.cancelAll()
            }
        }
    }

    private func untilWoken(after seen: Int) async {
        guard wakes == seen else { return }
        await withCheckedContinuation { sleepers.append($0) }
    }

    private func wakeTimer() {
        wakes += 1
        for sleeper in sleepers { sleeper.resume() }
        sleepers = []
    }

    private func serve() {
        while !ready.isEmpty, !takers.isEmpty {
            takers.removeFirst().resume(returning: take())
        }
    }

    private func take() -> Key {
        let key = ready.removeFirst()
        isReady.remove(key)
        isActive.insert(key)
        return key
    }
}
