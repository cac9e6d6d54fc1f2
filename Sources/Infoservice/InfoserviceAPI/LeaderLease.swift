public import VC3Model

/// One contender for a lease: an entity that at most one of many holds at a time, such as the right to lead a shard.
///
/// Safe against clocks that are wrong or jump, and against a contender that was stopped for a while:
/// - a holder counts its time from *before* it sent the write that renewed the lease, and stops when that time is over;
/// - another takes the lease only after it has seen the same revision of it for the whole term plus a margin, both by its
///   own monotonic clock. The time of day in the entity is for people to read; nobody decides by it;
/// - ``Term/fence`` grows with every change of holder. Writes under it (``fence(of:)``) are refused by the store once another
///   took over: a holder that was stopped in the middle of a step cannot end it.
///
/// The scheme is that of Gray and Cheriton, "Leases" (SOSP 1989), with the fencing of Burrows, "The Chubby lock service"
/// (OSDI 2006).
public actor LeaderLease {
    /// For how long a contender may act.
    public struct Term: Sendable, Equatable {
        /// The revision at which this contender took the lease; higher for every later holder.
        public let fence: Revision
        /// By the monotonic clock that the lease was made with.
        public let end: ContinuousClock.Instant
    }

    private let infoservice: any EntityReader & EntityWriter
    private let name: String
    private let holder: String
    private let term: Duration
    private let margin: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let wallClock: WallClock

    private var isContending = false
    private var writes = 0
    private var held: (fence: Revision, revision: Revision, end: ContinuousClock.Instant)?
    /// Somebody else's, and since when it has looked like that.
    private var seen: (revision: Revision, since: ContinuousClock.Instant)?

    /// - Parameters:
    ///   - name: Of the lease; all contenders use the same.
    ///   - holder: Of this contender; a new one for each start of a process, so that none takes another's for its own.
    ///   - term: For how long a lease holds unless renewed. Renew at a third of it. All contenders use the same.
    ///   - margin: By how much two clocks may differ while a term passes.
    public init(
        _ infoservice: any EntityReader & EntityWriter, name: String, holder: String, term: Duration = .seconds(15),
        margin: Duration = .seconds(1), wallClock: WallClock,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.infoservice = infoservice
        self.name = name
        self.holder = holder
        self.term = term
        self.margin = margin
        self.wallClock = wallClock
        self.now = now
    }

    /// The term that is certainly held at this moment; `nil` otherwise. Ask before every step.
    public var current: Term? {
        guard let held, now() < held.end else { return nil }
        return Term(fence: held.fence, end: held.end)
    }

    /// The condition under which a holder writes: ask for the infoservice `fenced(by:)` it.
    public nonisolated func fence(of term: Term) -> Fence { Fence(lease: name, revision: term.fence) }

    /// Takes or renews the lease, if it may. Call it again at a third of the term, whether it succeeded or not.
    ///
    /// - Parameter seconds: For how long, where the term changes: it is noted in the lease, and whoever waits for its end
    ///   has to wait for as long. `nil` for the term that all contenders know.
    /// - Returns: The term; `nil` while another holds it, or while another call is under way.
    /// - Throws: ``VC3Error`` `unavailable` when nothing is known; a term that is held goes on until its end.
    public func contend(for seconds: Int? = nil) async throws -> Term? {
        guard !isContending else { return current }
        isContending = true
        defer { isContending = false }
        let start = now()
        if let held {
            // A write that makes the term shorter counts for those who see it, also when its answer is lost.
            let end = min(held.end, start + length(seconds))
            self.held?.end = end
            if start < end, try await write(from: start, seconds, fence: held.fence, expecting: held.revision) {
                return current
            }
            self.held = nil
        }
        let record: EntityRecord
        do {
            record = try await infoservice.record(.lease, name)
        } catch let error as VC3Error where error.code == .notFound {
            _ = try await write(from: start, seconds, fence: nil, expecting: nil)
            return current
        }
        if isFree(record, at: start) {
            _ = try await write(from: start, seconds, fence: nil, expecting: record.metadata.revision)
        }
        return current
    }

    /// Lets go, so that another need not wait. What fails is of no importance: the term ends by itself.
    public func release() async {
        guard let held else { return }
        self.held = nil
        _ = try? await infoservice.replaceSpec(
            .lease, name, with: spec(of: "", nil, fence: nil), expecting: held.revision)
    }

    private func length(_ seconds: Int?) -> Duration { seconds.map { .seconds($0) } ?? term }

    private func isFree(_ record: EntityRecord, at start: ContinuousClock.Instant) -> Bool {
        // Given up, or a write of our own whose answer was lost: nobody else ever writes this holder's name.
        if [.string(""), .string(holder)].contains(record.spec["holder"]) { return true }
        if let seen, seen.revision == record.metadata.revision { return start - seen.since >= term + margin }
        seen = (record.metadata.revision, start)
        return false
    }

    /// - Parameters:
    ///   - fence: Kept when renewing; `nil` for a lease that is taken.
    ///   - expected: `nil` for a lease that does not exist yet.
    /// - Returns: Whether the lease is held now.
    private func write(
        from start: ContinuousClock.Instant, _ seconds: Int?, fence: Revision?, expecting expected: Revision?
    ) async throws -> Bool {
        writes += 1
        let spec = spec(of: holder, seconds, fence: fence)
        do {
            let record =
                if let expected {
                    try await infoservice.replaceSpec(.lease, name, with: spec, expecting: expected)
                } else {
                    try await infoservice.create(EntityDraft(kind: .lease, name: name, spec: spec))
                }
            let revision = record.metadata.revision
            held = (fence ?? revision, revision, start + length(seconds))
            seen = nil
            return true
        } catch let error as VC3Error where [.conflict, .exists, .notFound].contains(error.code) {
            // Another was faster, or our last write arrived without our knowing.
            return false
        }
    }

    /// The count makes every write another revision, whatever the wall clock says: a lease that is renewed never looks
    /// abandoned.
    private func spec(of holder: String, _ seconds: Int?, fence: Revision?) -> JSONValue {
        [
            "holder": .string(holder), "expires": .string((wallClock.now() + length(seconds)).description),
            "renewed": .integer(writes), "fence": fence.map { .integer(Int($0.rawValue)) } ?? .null,
            "term": seconds.map { .integer($0) } ?? .null,
        ]
    }
}
