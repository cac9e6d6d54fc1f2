import Foundation
import VC3Model
import VC3Reconciling

/// Leads an allocation from its creation to a working login, and away again.
///
/// One file for each phase: making the key, validating, replacing the key, deleting.
struct AllocationReconciler: Reconciler {
    let store: MasterStore
    let keys: AllocationKeys
    let login: any LoginChecking
    /// Where login sessions keep their files.
    let sessionFolder: String
    let clock: WallClock
    let resync: Duration

    func reconcile(_ name: String) async throws -> Outcome {
        guard let allocation = try await store.entity(Allocation.self, name) else { return .done }
        if allocation.isDeleting { return try await delete(allocation) }
        // Whoever just changed something wants to know now what comes of it.
        let isNew = allocation.status.observed_generation != allocation.metadata.generation
        var look = try await withKey(allocation)
        if look.status != allocation.status {
            derive(&look)
            look = try await store.save(look, was: allocation.status)
        }
        let rotation = try await rotate(look, isNew: isNew)
        let outcome = try await validate(rotation.allocation, isNew: isNew)
        guard case .again(let later) = outcome, let sooner = rotation.again else { return outcome }
        return .again(after: min(later, sooner))
    }

    /// Fills in what follows from the conditions.
    func derive(_ allocation: inout Entity<Allocation>) {
        allocation.status.state = AllocationLifeCycle.state(of: allocation.status.conditions).rawValue
        allocation.status.state_reason = AllocationLifeCycle.reason(of: allocation.status.conditions)
        allocation.status.observed_generation = allocation.metadata.generation
    }

    func condition(
        _ type: String, _ status: Condition.State, _ reason: String, _ message: String,
        mender: Condition.Mender? = nil, retryAt: Timestamp? = nil
    ) -> Condition {
        Condition(
            type: type, status: status, reason: reason, message: message, since: clock.now(), retryAt: retryAt,
            mender: mender)
    }
}
