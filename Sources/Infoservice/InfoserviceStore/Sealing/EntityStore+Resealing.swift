import InfoserviceAPI
import VC3Model

extension EntityStore {
    /// The keys in use.
    public var sealingKeys: SealingKey { codec.sealing }

    /// Seals with these keys from the next write on. What is at rest stays as it is until ``resealAll(batch:)``.
    ///
    /// - Throws: ``VC3Error`` `invalid` when they lack a key under which something may still be sealed.
    public func use(_ keys: SealingKey) async throws {
        try await alone {
            let missing = codec.sealing.keys.filter { key in
                key.duty == .used && !keys.keys.contains { $0.id == key.id }
            }
            guard missing.isEmpty else {
                let names = missing.map(\.id).joined(separator: ", ")
                throw VC3Error(
                    .invalid,
                    "the sealing key file lacks key \(names), under which secrets are still sealed; put it back")
            }
            codec = RecordCodec(sealing: keys)
        }
    }

    /// Seals everything at rest, history included, under the first of the keys, a batch at a time; writes go on in
    /// between. Changes no entity and makes no revision. When it returns, nothing at rest needs the other keys.
    ///
    /// Killed at any point, it leaves each record sealed under the one or the other key; doing it again ends it.
    ///
    /// - Returns: How many records were sealed.
    @discardableResult
    public func resealAll(batch size: Int = 64) async throws -> Int {
        var count = 0
        for kind in EntityKind.allCases where KindSchema.of(kind).hasSecrets {
            var last: String?
            while let (names, sealed) = try await resealEntities(kind, after: last, size) {
                last = names
                count += sealed
            }
        }
        var seen = Revision.zero
        while let (revision, sealed) = try await resealHistory(after: seen, size) {
            seen = revision
            count += sealed
        }
        return count
    }

    /// - Returns: The last name of the batch and its size; `nil` when there are no more.
    private func resealEntities(
        _ kind: EntityKind, after last: String?, _ size: Int
    ) async throws -> (last: String, count: Int)? {
        try await alone {
            let names = entityNames(kind).filter { name in last.map { name > $0 } ?? true }.sorted().prefix(size)
            guard let end = names.last else { return nil }
            let changes = try names.compactMap { record(EntityKey(kind, $0)) }.map { try stored(.changed($0)) }
            try await rewrite(entities: changes, history: [])
            return (end, changes.count)
        }
    }

    /// - Returns: The revision up to which history is sealed anew, and the size of the batch; `nil` at its end.
    private func resealHistory(after seen: Revision, _ size: Int) async throws -> (upTo: Revision, count: Int)? {
        try await alone {
            let kinds = Set(EntityKind.allCases.filter { KindSchema.of($0).hasSecrets })
            let events = history.entries(after: seen).lazy.map(\.event)
                .filter { $0.kind.map { kinds.contains($0) } ?? false }.prefix(size)
            guard let end = events.last?.revision else { return nil }
            try await rewrite(entities: [], history: events.map { try stored($0) })
            return (end, events.count)
        }
    }

    private func stored(_ event: WatchEvent) throws -> StoredChange {
        switch event {
        case .changed(let record), .removed(let record):
            let isRemoval = if case .removed = event { true } else { false }
            return StoredChange(
                revision: record.metadata.revision, key: record.key, isRemoval: isRemoval,
                moment: record.metadata.updated, body: try codec.encode(record))
        case .shared, .heartbeat:
            throw VC3Error(.internal, "history holds what is no change")
        }
    }
}
