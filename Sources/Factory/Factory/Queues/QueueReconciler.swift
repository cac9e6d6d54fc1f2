import VC3Model
import VC3Reconciling

/// Tells a site which queue of a file it has, and lets go what is in no file any more.
struct QueueReconciler: Sendable {
    let board: QueueBoard
    let registry: SiteRegistry
    let sharing: SiteSharing

    func reconcile(_ key: String) async throws -> Outcome {
        guard let queue = board[key] else { return try await close(key) }
        guard let site = await registry.held(SiteID(queue.site))?.site else {
            await sharing.wake(for: SiteID(queue.site))
            return .done
        }
        await registry.settle(key, at: site.id)
        await site.want(queue)
        return .done
    }

    private func close(_ key: String) async throws -> Outcome {
        guard let site = await registry.home(of: key)?.site else { return .done }
        await site.close(key)
        if await site.view(of: key).isGone {
            try await site.drop(key)
            await registry.forget(key)
        }
        return .done
    }
}
