public import VC3Model

/// Keeps entities: revisions over the whole store, atomic writes, history and watches.
///
/// Who may do what, and what a valid entity is, is decided by the callers' ``Mutation``s.
///
/// All current entities live in memory, so reading costs no input or output; what is read is always durable already.
/// Writes that arrive while a commit is under way are committed together by the next one, so that the cost of flushing is
/// shared.
public actor EntityStore {
    let persistence: any Persistence
    /// The persistence, if several processes may be at it.
    let shared: (any SharedPersistence)?
    /// Changed by ``use(_:)``, between two commits.
    var codec: RecordCodec
    public nonisolated let statistics = StoreStatistics()
    /// What goes by the time of the store's writes takes it from here.
    public nonisolated let clock: WallClock
    let retention: Retention
    let heartbeat: Duration

    var contents: [EntityKind: [String: EntityRecord]] = [:]
    var index: EntityIndex
    /// The revision of the last durable write.
    public internal(set) var revision: Revision
    var history: History
    let inbox = Inbox()
    /// Those who want the store between two commits.
    var loners: [CheckedContinuation<Void, Never>] = []
    /// Why nothing can be written until a restart.
    var defect: String?
    /// Of the last write, if it failed.
    var failure: (message: String, moment: ContinuousClock.Instant)?
    let listeners = Listeners()
    /// Follows what other processes write, where there may be any.
    var follower: Task<Void, Never>?
    /// Tells watchers now and then that the store lives; from the first watch on.
    var pulse: Task<Void, Never>?

    /// Opens a store on what its persistence kept.
    ///
    /// - Parameters:
    ///   - sealing: The key of the secret fields at rest.
    ///   - heartbeat: How often a watch without events says that it lives.
    public static func open(
        _ persistence: any Persistence, sealing: SealingKey, clock: WallClock = .system,
        retention: Retention = Retention(), heartbeat: Duration = .seconds(10)
    ) async throws -> EntityStore {
        let codec = RecordCodec(sealing: sealing)
        let state = try await StoreImage(decoding: persistence.load(), with: codec)
        let store = EntityStore(
            persistence: persistence, codec: codec, clock: clock, retention: retention, heartbeat: heartbeat,
            image: state)
        if let shared = store.shared { await store.follow(shared) }
        return store
    }

    private init(
        persistence: any Persistence, codec: RecordCodec, clock: WallClock, retention: Retention, heartbeat: Duration,
        image: StoreImage
    ) {
        self.persistence = persistence
        shared = persistence as? any SharedPersistence
        self.codec = codec
        self.clock = clock
        self.retention = retention
        self.heartbeat = heartbeat
        contents = image.contents
        index = EntityIndex(image.contents)
        revision = image.revision
        history = image.history
    }

    /// Lets go of the persistence. Writes fail from now on.
    public func close() async throws {
        defect = "the store is closed"
        follower?.cancel()
        pulse?.cancel()
        try await persistence.close()
    }

    // MARK: Reading

    public func record(_ key: EntityKey) -> EntityRecord? { contents[key.kind]?[key.name] }

    /// How many entities there are of each kind that has any.
    public var counts: [EntityKind: Int] { contents.compactMapValues { $0.isEmpty ? nil : $0.count } }

    /// Why nothing can be written: until a restart, or as the last write found within ten seconds. `nil` while all is
    /// well.
    public var obstacle: String? {
        if let defect { return defect }
        guard let failure, ContinuousClock.now - failure.moment < .seconds(10) else { return nil }
        return failure.message
    }

    func entityNames(_ kind: EntityKind) -> [String] { contents[kind].map { Array($0.keys) } ?? [] }

    func unavailable(_ message: String, _ cause: any Error) -> VC3Error {
        VC3Error(.unavailable, "\(message): \(cause)", cause: cause)
    }
}
