import VC3Model
import VC3Reconciling

extension AllocationReconciler {
    /// Takes back what the allocation got, once no pilot needs its key any more.
    func delete(_ allocation: Entity<Allocation>) async throws -> Outcome {
        let users = try await store.entities(PilotSet.self).filter { $0.spec.allocation == allocation.name }
        guard users.isEmpty else {
            var waiting = allocation
            let requests = Set(users.map(\.spec.request)).sorted().joined(separator: ", ")
            waiting.status.conditions.set(
                condition(
                    AllocationLifeCycle.removed, .no, "InUse",
                    "deletion waits until the pilots of \(requests) are gone; end these requests", mender: .user))
            derive(&waiting)
            try await store.save(waiting, was: allocation.status)
            return .again(after: resync)
        }
        try await store.delete(.sitelogin, allocation.name)
        try await store.delete(.privatetoken, allocation.name)
        try await keys.remove(allocation.name)
        try await store.remove(allocation.key, expecting: allocation.metadata.revision)
        return .done
    }
}
