import Foundation
import VC3Model
import VC3Reconciling

/// Signs the requests of those who came with a code, and clears away what is over. ``PairingLifeCycle`` decides.
///
/// A crash between signing and writing leaves a certificate that nobody has, for a key that only the party has; the next look
/// makes another one.
struct PairingReconciler: Reconciler {
    let store: MasterStore
    let authority: (any PairingAuthority)?
    let clock: WallClock
    let resync: Duration

    func reconcile(_ name: String) async throws -> Outcome {
        guard let pairing = try await store.entity(Pairing.self, name) else { return .done }
        switch PairingLifeCycle.step(for: pairing, at: clock.now()) {
        case .remove:
            try await store.delete(.pairing, name)
            return .done
        case .wait(let moment): return .again(after: wait(until: moment))
        case .end(let state, let reason):
            try await end(pairing, as: state, because: reason)
            return .again(after: .zero)
        case .sign(let request):
            try await issue(pairing) { authority in
                try await authority.sign(
                    request, role: pairing.spec.role ?? "user", name: pairing.spec.cn, hosts: pairing.spec.hosts,
                    renewing: pairing.spec.serial)
            }
            return .again(after: .zero)
        case .issuePair:
            try await issue(pairing) { authority in
                let (certificate, key) = try await authority.userPair(pairing.spec.cn)
                return (certificate, key)
            }
            return .again(after: .zero)
        }
    }

    /// The next look is at the time itself, but not later than the longest time without one.
    private func wait(until moment: Timestamp) -> Duration { min(max(moment - clock.now(), .seconds(1)), resync) }

    private func issue(_ pairing: Entity<Pairing>, _ sign: (any PairingAuthority) async throws -> String) async throws {
        try await issue(pairing) { (try await sign($0), nil) }
    }

    private func issue(
        _ pairing: Entity<Pairing>, _ sign: (any PairingAuthority) async throws -> (certificate: String, key: String?)
    ) async throws {
        var answered = pairing
        do {
            guard let authority else {
                throw VC3Error(
                    .unavailable, "the Master has no certificate authority; give it [credible] credconf, or use vc3 up")
            }
            let (certificate, key) = try await sign(authority)
            answered.status.cert = Data(certificate.utf8).base64EncodedString()
            answered.status.key = key.map { Data($0.utf8).base64EncodedString() }
            answered.status.state = "paired"
            answered.status.state_reason = "the certificate is there"
            answered.status.conditions.set(condition(.yes, "Signed", "the authority has signed"))
        } catch let refusal as PairingRefusal {
            return try await end(pairing, as: "refused", because: refusal.reason)
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            answered.status.state = "claimed"
            answered.status.state_reason = "the authority cannot sign: \(error)"
            answered.status.conditions.set(
                condition(.no, "AuthorityFailed", "the authority cannot sign: \(error)", mender: .operator))
            try await store.save(answered, was: pairing.status)
            throw error
        }
        answered.status.observed_generation = pairing.metadata.generation
        try await store.save(answered, was: pairing.status)
    }

    private func end(_ pairing: Entity<Pairing>, as state: String, because reason: String) async throws {
        var ended = pairing
        ended.status.state = state
        ended.status.state_reason = reason
        ended.status.observed_generation = pairing.metadata.generation
        ended.status.conditions.set(
            condition(.no, state == "expired" ? "Expired" : "Refused", reason, mender: .operator))
        try await store.save(ended, was: pairing.status)
    }

    private func condition(
        _ status: Condition.State, _ reason: String, _ message: String, mender: Condition.Mender? = nil
    ) -> Condition {
        Condition(
            type: PairingLifeCycle.signed, status: status, reason: reason, message: message, since: clock.now(),
            mender: mender)
    }
}
