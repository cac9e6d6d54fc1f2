import VC3Certificates
import VC3Model

/// What a pairing makes of somebody who comes with a code: decided without acting, from the pairing as it is stored.
///
/// A secret is compared by its hash: how long that takes tells nothing about a secret of 128 bits.
enum EnrolmentClaim: Sendable, Equatable {
    /// Whoever comes gets nothing, and nothing changes.
    case refused
    /// The secret is wrong, which counts.
    case wrong(tries: Int)
    /// The first to come: the pairing is theirs.
    case first
    /// They have come before: the same request again.
    case again

    /// - Parameters:
    ///   - pairing: `nil` when there is none of that name.
    ///   - digest: Of the secret, as ``EnrolmentSecret/digest``.
    ///   - request: The signing request, as it would be stored; `nil` when only the code is looked at.
    init(of pairing: EntityRecord?, digest: String, request: String?, at moment: Timestamp) {
        guard let pairing, let entity = try? Entity<Pairing>(pairing), !entity.spec.renews,
            let expected = pairing.spec["codehash"]?.stringValue
        else {
            self = .refused
            return
        }
        self = Self.decided(entity, isRight: expected == digest, request, moment)
    }

    private static func decided(
        _ pairing: Entity<Pairing>, isRight: Bool, _ request: String?, _ moment: Timestamp
    ) -> EnrolmentClaim {
        let isOpen = pairing.spec.tries < PairingLifeCycle.mostTries
        if let claimed = pairing.spec.csr {
            guard isOpen else { return .refused }
            guard isRight else { return wrong(pairing) }
            return request == nil || request == claimed ? .again : .refused
        }
        guard isOpen, moment < PairingLifeCycle.expiry(of: pairing) else { return .refused }
        return isRight ? .first : wrong(pairing)
    }

    private static func wrong(_ pairing: Entity<Pairing>) -> EnrolmentClaim { .wrong(tries: pairing.spec.tries + 1) }
}
