/// From a code to a certificate: `new` → (claimed by a signing request) → `paired`, or `expired`, or `refused`.
public enum PairingLifeCycle {
    /// So many wrong secrets end a code.
    public static let mostTries = 5
    /// For which a pairing lives that says nothing of its end.
    public static let standardLifetime = Duration.seconds(3600)
    /// For which an answer to a code stays after that, so that one that was lost can be had again. Whoever renews has time
    /// enough before it.
    public static let retention = Duration.seconds(3600)

    /// The condition that says whether the certificate is there, and why not.
    public static let signed = "Signed"

    /// What the Master does next.
    public enum Step: Sendable, Equatable {
        /// Sign the request.
        case sign(String)
        /// Make a pair as the original did.
        case issuePair
        /// Nobody gets a certificate by it any more.
        case end(state: String, because: String)
        /// It is over.
        case remove
        /// Nothing before this time, unless something changes.
        case wait(until: Timestamp)
    }

    /// Until when the code may be used.
    public static func expiry(of pairing: Entity<Pairing>) -> Timestamp {
        pairing.spec.expires ?? pairing.metadata.created + standardLifetime
    }

    public static func step(for pairing: Entity<Pairing>, at now: Timestamp) -> Step {
        let expiry = expiry(of: pairing)
        let end = pairing.spec.renews ? expiry : expiry + retention
        if now >= end { return .remove }
        guard ["new", "claimed"].contains(pairing.status.state) else { return .wait(until: end) }
        // Whoever claimed it in time gets an answer, however late the Master comes.
        if let request = pairing.spec.csr { return .sign(request) }
        if pairing.spec.tries >= mostTries {
            return .end(state: "refused", because: "\(mostTries) wrong codes were tried; make another pairing")
        }
        if now >= expiry {
            return .end(state: "expired", because: "nobody came with its code in time; make another pairing")
        }
        return pairing.spec.role == nil ? .issuePair : .wait(until: expiry)
    }

    /// What whoever makes a pairing may not say, because it is the server's to write.
    public static func problems(in spec: JSONValue) -> [VC3Error.Problem] {
        let untouched: [String: [JSONValue]] = ["csr": [], "renews": [false], "serial": [], "tries": [0]]
        return untouched.sorted { $0.key < $1.key }.compactMap { name, allowed in
            guard let value = spec[name], !value.isNull, !allowed.contains(value) else { return nil }
            return .init(field: "spec.\(name)", problem: "is written by the server when somebody comes; leave it out")
        }
    }
}
