public import VC3Model

/// A local copy of some kinds, kept up to date by a watch: what a reconciler reads instead of asking each time.
///
/// The copy lags behind the store by a moment; a write based on it is safe because every write names the revision
/// that it saw.
public actor EntityMirror {
    private let source: any EntityReader & EntityWatcher
    private let kinds: Set<EntityKind>
    private var contents: [EntityKey: EntityRecord] = [:]
    private var seen = Revision.zero
    private var isFilled = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    public init(source: any EntityReader & EntityWatcher, kinds: Set<EntityKind>) {
        self.source = source
        self.kinds = kinds
    }

    public func record(_ kind: EntityKind, _ name: String) -> EntityRecord? { contents[EntityKey(kind, name)] }

    public func entity<Kind: EntityType>(_ type: Kind.Type, _ name: String) throws -> Entity<Kind>? {
        try record(Kind.kind, name).map { try Entity($0) }
    }

    /// All entities of a kind, by name.
    public func entities<Kind: EntityType>(_ type: Kind.Type) throws -> [Entity<Kind>] {
        try contents.values.filter { $0.metadata.kind == Kind.kind }.sorted { $0.name < $1.name }
            .map { try Entity($0) }
    }

    /// All entities of a kind as the store sees them, by name.
    public func records(_ kind: EntityKind) -> [EntityRecord] {
        contents.values.filter { $0.metadata.kind == kind }.sorted { $0.name < $1.name }
    }

    /// Takes over what a write returned, so that the writer sees its own write before the watch brings it.
    public func note(_ record: EntityRecord) {
        guard kinds.contains(record.metadata.kind) else { return }
        if let known = contents[record.key], known.metadata.revision >= record.metadata.revision { return }
        contents[record.key] = record
    }

    /// Returns once the first full copy is there.
    public func filled() async {
        if isFilled { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    /// Follows the source until cancelled, through lost connections and compaction, with backoff from 50 ms to 5 s.
    ///
    /// - Parameter onChange: Called for every entity that may have changed, in order; after a new full copy for all,
    ///   gone ones included.
    public func run(onChange: @Sendable (EntityKey) async -> Void) async throws {
        var pause = Duration.milliseconds(50)
        while !Task.isCancelled {
            do {
                if !isFilled { for key in try await fill() { await onChange(key) } }
                for try await event in try await source.watch(kinds, after: seen) {
                    pause = .milliseconds(50)
                    if let key = apply(event) { await onChange(key) }
                }
            } catch let error as VC3Error where error.code == .compacted || error.code == .invalid {
                isFilled = false
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try Task.checkCancellation()
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }

    /// - Returns: Whatever may have changed.
    package func fill() async throws -> Set<EntityKey> {
        var fresh: [EntityKey: EntityRecord] = [:]
        var oldest: Revision?
        for kind in kinds {
            let list = try await source.records(kind)
            for record in list.items { fresh[record.key] = record }
            oldest = min(oldest ?? list.revision, list.revision)
        }
        let touched = Set(contents.keys).union(fresh.keys)
        contents = fresh
        seen = oldest ?? .zero
        isFilled = true
        for waiter in waiters { waiter.resume() }
        waiters = []
        return touched
    }

    /// - Returns: What has changed, if anything has.
    package func apply(_ event: WatchEvent) -> EntityKey? {
        seen = max(seen, event.revision)
        switch event {
        case .heartbeat:
            return nil
        case .changed(let record), .shared(let record, _):
            if let known = contents[record.key], known.metadata.revision > record.metadata.revision { return nil }
            contents[record.key] = record
            return record.key
        case .removed(let record):
            if let known = contents[record.key], known.metadata.revision > record.metadata.revision { return nil }
            contents[record.key] = nil
            return record.key
        }
    }
}
