import InfoserviceAPI
import VC3Model

/// What other processes on the same database write.
extension EntityStore {
    func follow(_ shared: any SharedPersistence) {
        // The store has no scope that following could be a child task of: `close()` ends it, or the store's end.
        follower = Task { [weak self] in
            for await hint in shared.wakeups { await self?.look(shared, hint) }
        }
    }

    /// Brings in what others wrote, if anything. While the database is away the store shows what it knows; the
    /// persistence wakes it again.
    func look(_ shared: any SharedPersistence, _ hint: Revision?) async {
        if let hint, hint <= revision { return }
        let start = revision
        guard defect == nil, let news = try? await shared.news(after: start) else { return }
        try? await absorb(news)
    }

    func takeTurn(_ shared: any SharedPersistence) async throws {
        let news = try await shared.takeTurn(after: revision)
        do {
            try await absorb(news)
        } catch {
            await shared.endTurn()
            throw error
        }
        if let defect {
            await shared.endTurn()
            throw VC3Error(.unavailable, defect)
        }
    }

    /// A record that cannot be read makes the store unusable, because going on would hide a change.
    ///
    /// - Throws: When the persistence is away; nothing is absorbed then.
    private func absorb(_ news: StoredNews) async throws {
        switch news {
        case .changes(let changes):
            if changes.isEmpty { return }
            guard let events = await legible({ try await StoreImage.events(decoding: changes, with: $0) }) else {
                return
            }
            listeners.tell(apply(events), upTo: revision)
        case .compacted:
            let state = try await persistence.load()
            guard let image = await legible({ try await StoreImage(decoding: state, with: $0) }),
                image.revision > revision
            else { return }
            contents = image.contents
            index = EntityIndex(image.contents)
            revision = image.revision
            history = image.history
            listeners.rouse()
        }
    }

    private func legible<Value>(_ decode: (RecordCodec) async throws -> Value) async -> Value? {
        do {
            return try await decode(codec)
        } catch {
            defect = "what another process wrote cannot be read (\(error)); give this one the same sealing key file"
            return nil
        }
    }
}
