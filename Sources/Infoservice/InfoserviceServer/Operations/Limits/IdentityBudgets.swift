import NIOConcurrencyHelpers
import NIOCore
import Synchronization
import VC3Model

/// What each identity has left of its limits.
final class IdentityBudgets: Sendable {
    final class Budget: Sendable {
        fileprivate let reads: TokenBucket?
        fileprivate let writes: TokenBucket?
        fileprivate let watches = Atomic<Int>(0)

        fileprivate init(_ limits: RequestLimits) {
            reads = limits.reads.map { TokenBucket($0) }
            writes = limits.writes.map { TokenBucket($0) }
        }
    }

    private let limits: RequestLimits
    private let budgets = NIOLockedValueBox<[Identity: Budget]>([:])
    /// Beyond so many, those that make no difference are forgotten.
    private static let crowd = 10_000

    init(_ limits: RequestLimits) { self.limits = limits }

    /// - Returns: How long to wait instead; `nil` when it may go on.
    func take(_ kind: LimitKind, for identity: Identity) -> Duration? {
        guard RequestLimits.apply(to: identity.role) else { return nil }
        let budget = budget(identity)
        let now = Int64(NIODeadline.now().uptimeNanoseconds)
        switch kind {
        case .reads: return budget.reads?.take(at: now)
        case .writes: return budget.writes?.take(at: now)
        case .watches:
            guard let most = limits.watches else { return nil }
            let (_, count) = budget.watches.add(1, ordering: .relaxed)
            if count <= most { return nil }
            budget.watches.subtract(1, ordering: .relaxed)
            return .seconds(10)
        }
    }

    /// A watch has ended.
    func returnWatch(of identity: Identity) {
        guard RequestLimits.apply(to: identity.role), limits.watches != nil else { return }
        budget(identity).watches.subtract(1, ordering: .relaxed)
    }

    private func budget(_ identity: Identity) -> Budget {
        budgets.withLockedValue { budgets in
            if let known = budgets[identity] { return known }
            if budgets.count >= Self.crowd {
                let now = Int64(NIODeadline.now().uptimeNanoseconds)
                budgets = budgets.filter { !$0.value.isIdle(at: now) }
            }
            let new = Budget(limits)
            budgets[identity] = new
            return new
        }
    }
}

extension IdentityBudgets.Budget {
    fileprivate func isIdle(at now: Int64) -> Bool {
        watches.load(ordering: .relaxed) == 0 && reads?.isFull(at: now) != false && writes?.isFull(at: now) != false
    }
}
