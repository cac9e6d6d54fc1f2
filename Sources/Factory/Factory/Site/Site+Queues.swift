import Logging
import VC3Model

/// Queues of files: what their own rules say, once in each of their cycles.
extension Site {
    /// Takes over what a file says about a queue now. One that says the same as before goes on undisturbed.
    func want(_ queue: FileQueue) {
        let key = queue.key
        if let known = sets[key], !known.isDeleting, known.queue?.text == queue.text { return }
        want(key, queue.spec, isDeleting: false)
        sets[key]?.queue = queue
        sets[key]?.nextCycle = clock.elapsed()
        sets[key]?.cyclesLeft = queue.cycles
        restless.insert(key)
        signal.signal()
    }

    /// No file has the queue any more: its pilots go as it says that surplus ones do.
    func close(_ key: String) {
        if sets[key]?.isDeleting == true { return }
        if sets[key]?.queue != nil || sets[key] == nil {
            let spec = sets[key]?.spec ?? FileQueue.remainder(QueueKey.name(in: key), at: place)
            sets[key]?.queue = nil
            want(key, spec, isDeleting: false)
            restless.insert(key)
            signal.signal()
        }
        if book.page(of: key).alive.isEmpty { release(key, isAsked: true) }
    }

    /// Whether the queue may decide now.
    func isDue(_ set: WantedSet) -> Bool {
        set.cyclesLeft != 0 && clock.elapsed() >= set.nextCycle
    }

    /// When the next queue decides.
    var nextCycle: Duration? {
        sets.values.filter { $0.queue != nil && !$0.isDeleting && $0.cyclesLeft != 0 }.map(\.nextCycle).min()
    }

    /// Queues whose moment has come are looked at with whatever else has changed.
    func wakeQueues() {
        for (key, set) in sets where set.queue != nil && !set.isDeleting && isDue(set) { restless.insert(key) }
    }

    /// Ends the cycle of a queue that has decided.
    func endCycle(_ key: String, _ queue: FileQueue, _ plan: PilotPlan) {
        sets[key]?.nextCycle = clock.elapsed() + queue.cycle
        if let left = sets[key]?.cyclesLeft { sets[key]?.cyclesLeft = max(0, left - 1) }
        let why = plan.explanation.joined(separator: "; ")
        guard sets[key]?.explanation != plan.explanation else { return }
        logger.info("queue", metadata: ["queue": "\(queue.name)", "submits": "\(plan.submit)", "why": "\(why)"])
    }

    func plan(
        for set: WantedSet, _ queue: FileQueue, seeing fleet: PilotFleet, name: String, _ room: FactoryRoom
    ) -> PilotPlan {
        guard isDue(set) else { return PilotPlan(explanation: set.explanation) }
        var view = sizingView(of: name, fleet, room)
        view.demand = queue.demand.flatMap { settings.demand[$0] }
        return PilotPlan(killOrder: queue.order, within: view, of: fleet, through: queue.chain)
    }
}
