import InfoserviceAPI
import VC3Model

/// Follows entities by a watch until something holds, and tells how far it is.
struct Following: Sendable {
    typealias Decide = @Sendable (FollowedEntities) throws -> FollowingDecision

    let kinds: Set<EntityKind>
    let session: ClientSession
    let timeout: Duration

    /// Returns once `decide` says so; survives lost connections.
    ///
    /// - Parameter goal: What is awaited, for messages.
    /// - Throws: What `decide` throws; ``ClientFailure`` when the time is up.
    func until(_ goal: String, _ decide: @escaping Decide) async throws {
        let teller = ProgressTeller(console: session.console, started: session.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follow(decide, telling: teller) }
            group.addTask {
                try await session.surroundings.sleep(timeout)
                let last = await teller.last.map { ": \($0)" } ?? ""
                throw ClientFailure(
                    message: "gave up after \(TimeSpan.text(timeout)) waiting for \(goal)\(last)",
                    advice: "it goes on by itself; wait again, or longer with --timeout")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func follow(_ decide: Decide, telling teller: ProgressTeller) async throws {
        var pause = Duration.milliseconds(100)
        while true {
            do {
                var (entities, seen) = try await fill()
                if try await isMet(entities, decide, teller) { return }
                for try await event in try await session.infoservice.watch(kinds, after: seen) {
                    pause = .milliseconds(100)
                    seen = event.revision
                    guard entities.apply(event) else { continue }
                    entities.moment = session.now
                    if try await isMet(entities, decide, teller) { return }
                }
            } catch let error as VC3Error where error.code == .compacted {
                // History no longer reaches back; the next full look says all that was missed.
            } catch let error as VC3Error where [.unavailable, .internal].contains(error.code) {
                await teller.tell("lost the infoservice (\(error.message)); trying again")
            }
            try await session.surroundings.sleep(pause)
            pause = min(pause * 2, .seconds(5))
        }
    }

    private func fill() async throws -> (FollowedEntities, Revision) {
        var entities = FollowedEntities(moment: session.now)
        var oldest: Revision?
        for kind in kinds.sorted() {
            let list = try await session.infoservice.records(kind)
            for record in list.items { entities.records[record.key] = record }
            oldest = min(oldest ?? list.revision, list.revision)
        }
        return (entities, oldest ?? .zero)
    }

    private func isMet(_ entities: FollowedEntities, _ decide: Decide, _ teller: ProgressTeller) async throws -> Bool {
        switch try decide(entities) {
        case .met: return true
        case .pending(let text):
            await teller.tell(text, at: entities.moment)
            return false
        }
    }
}

extension FollowedEntities {
    /// - Returns: Whether it was news.
    fileprivate mutating func apply(_ event: WatchEvent) -> Bool {
        switch event {
        case .heartbeat:
            return false
        case .changed(let record), .shared(let record, _):
            if let known = records[record.key], known.metadata.revision >= record.metadata.revision { return false }
            records[record.key] = record
        case .removed(let record):
            if let known = records[record.key], known.metadata.revision > record.metadata.revision { return false }
            records[record.key] = nil
        }
        return true
    }
}

/// Tells progress on standard error, each state once, with the time since the beginning.
private actor ProgressTeller {
    private let console: Console
    private let started: Timestamp
    private(set) var last: String?

    init(console: Console, started: Timestamp) {
        self.console = console
        self.started = started
    }

    func tell(_ text: String, at moment: Timestamp? = nil) {
        guard text != last else { return }
        last = text
        let elapsed = moment.map { "[\(TimeSpan.text($0 - started))] " } ?? ""
        console.note(elapsed + text)
    }
}
