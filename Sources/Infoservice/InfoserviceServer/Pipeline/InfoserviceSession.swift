public import InfoserviceAPI
public import InfoserviceStore
public import VC3Model

/// The Infoservice as one caller sees it: authorize → validate → store → show.
///
/// The HTTP routes and the parts that run in the same process use the same session, so the same rules hold for both.
public struct InfoserviceSession: EntityReader, EntityWriter, EntityWatcher {
    public let caller: Caller
    let engine: EntityStore
    let strictness: EntityValidation.Strictness
    /// The term of a lease under which it writes.
    private(set) var fence: Fence?

    /// Whose rights count.
    public var identity: Identity { caller.identity }

    /// - Parameter origin: The peer's network address, for the audit trail; `nil` for a part of the same process.
    public init(identity: Identity, origin: String? = nil, engine: EntityStore) {
        self.init(identity: identity, origin: origin, engine: engine, strictness: .strict)
    }

    init(
        identity: Identity, origin: String? = nil, engine: EntityStore, strictness: EntityValidation.Strictness
    ) {
        self.init(caller: Caller(identity, address: origin), engine: engine, strictness: strictness)
    }

    init(caller: Caller, engine: EntityStore, strictness: EntityValidation.Strictness = .strict) {
        self.caller = caller
        self.engine = engine
        self.strictness = strictness
    }

    /// The same session, whose writes are refused with `conflict` from the moment at which the term of the lease is over.
    /// For those who may hold leases.
    public func fenced(by fence: Fence) -> InfoserviceSession {
        var session = self
        session.fence = fence
        return session
    }

    // MARK: Reading

    public func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord {
        let key = EntityKey(kind, name)
        guard let (record, audience) = await engine.record(key, seeing: visibility) else { throw Self.notFound(key) }
        let relation = Rules.relation(of: identity, to: audience)
        try Rules.verdict(identity, may: .read, kind, as: relation).enforce(identity, .read, key)
        return Self.shown(record, to: identity)
    }

    public func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) async throws -> RecordList {
        try await engine.list(kind, matching: filter, page: page, seeing: visibility)
    }

    public func watch(_ kinds: Set<EntityKind>, after revision: Revision) async throws -> WatchStream {
        try await engine.watch(kinds, after: revision, seeing: visibility)
    }

    /// What this caller sees of the store.
    private var visibility: Visibility {
        let identity = identity
        return Visibility(dependsOnSharing: [.user, .portal].contains(identity.role)) { record, audience in
            let relation = Rules.relation(of: identity, to: audience)
            let verdict = Rules.verdict(identity, may: .read, record.metadata.kind, as: relation)
            return verdict == .allowed ? Self.shown(record, to: identity) : nil
        }
    }

    /// The record without the secrets that an identity may not see.
    static func shown(_ record: EntityRecord, to identity: Identity) -> EntityRecord {
        let schema = KindSchema.of(record.metadata.kind)
        guard schema.hasSecrets,
            Rules.verdict(identity, may: .readSecrets, record.metadata.kind, as: .none) != .allowed
        else { return record }
        var shown = record
        shown.spec = schema.redacted(record.spec, part: .spec)
        shown.status = schema.redacted(record.status, part: .status)
        return shown
    }

    static func exists(_ record: EntityRecord) -> VC3Error {
        let hint = record.metadata.deleting == nil ? "" : " and is being deleted; wait until it is gone"
        return VC3Error(.exists, "\(record.key) exists already" + hint)
    }

    static func notFound(_ key: EntityKey) -> VC3Error {
        VC3Error(.notFound, "there is no \(key.kind.rawValue) named \(key.name)")
    }
}
