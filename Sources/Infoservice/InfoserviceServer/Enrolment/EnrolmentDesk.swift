import Foundation
import InfoserviceAPI
import InfoserviceStore
import VC3Certificates
import VC3Model

/// Takes codes of strangers, and gives them what the Master made of their requests.
///
/// What a code is worth is decided in the step that writes; so of two that come at the same moment one is the first, and no
/// wrong try goes uncounted, in however many processes.
struct EnrolmentDesk: Sendable {
    let engine: EntityStore
    var patience = Duration.seconds(20)

    /// What all who have no good code are told, whatever is wrong with it.
    static let refusal = VC3Error(
        .forbidden,
        "the code is not good: it is unknown, was used, has expired, or wrong ones were tried too often; ask for another one"
    )

    /// Binds a pairing to the first request that comes with its code, and waits for the certificate.
    ///
    /// - Returns: PEM text: the certificate, then the intermediate.
    /// - Throws: ``VC3Error``: ``refusal``; `invalid` for a request that cannot be signed; `unavailable` when the answer
    ///   takes longer: the same request may come again.
    func enrol(pairing name: String, secret: String, request text: String, from address: String?) async throws -> String
    {
        guard EntityName.problem(with: name) == nil else { throw Self.refusal }
        let digest = EnrolmentSecret.digest(of: secret)
        let key = EntityKey(.pairing, name)
        // Before any work on the request: that is for those who have a good code.
        let seen = await engine.record(key)
        let first = EnrolmentClaim(of: seen, digest: digest, request: nil, at: engine.clock.now())
        if case .refused = first { throw Self.refusal }
        let request = if case .wrong = first { "" } else { try Self.normal(text) }
        let record = try await engine.write(
            Mutation(key, by: Self.author(address, first)) { current, view in
                guard let current else { throw Self.refusal }
                var content = EntityContent(current)
                switch EnrolmentClaim(of: current, digest: digest, request: request, at: view.moment) {
                case .refused: throw Self.refusal
                case .wrong(let tries): content.spec["tries"] = .integer(tries)
                case .first: content.spec["csr"] = .string(request)
                case .again: break
                }
                return .put(content)
            })
        guard case .again = EnrolmentClaim(of: record, digest: digest, request: request, at: record.metadata.updated)
        else { throw Self.refusal }
        return try await PairingAnswer(engine: engine, patience: patience).pem(for: record)
    }

    /// The pairing that the original's code fetches, with certificate and key, once; then it is gone.
    ///
    /// - Returns: `nil` while there is no certificate, and for whatever is wrong with the code.
    func collect(code: String, from address: String?) async throws -> EntityRecord? {
        // The code is the name, a hyphen, and letters without one.
        guard let hyphen = code.lastIndex(of: "-") else { return nil }
        let key = EntityKey(.pairing, String(code[..<hyphen]))
        let digest = EnrolmentSecret.digest(of: code)
        guard EntityName.problem(with: key.name) == nil, let seen = await engine.record(key),
            let step = Self.collection(of: seen, digest, at: engine.clock.now())
        else { return nil }
        let written = try await engine.write(
            Mutation(key, by: Self.author(address, step)) { current, view in
                guard let current, let step = Self.collection(of: current, digest, at: view.moment) else {
                    throw VC3Error(.conflict, "\(key) was collected or written meanwhile")
                }
                guard case .wrong(let tries) = step else { return .remove }
                var content = EntityContent(current)
                content.spec["tries"] = .integer(tries)
                return .put(content)
            })
        return Self.isRight(written, digest) ? written : nil
    }

    /// What a code of the original's form does to its pairing; `nil`: nothing.
    private static func collection(of pairing: EntityRecord, _ digest: String, at moment: Timestamp) -> EnrolmentClaim?
    {
        guard let entity = try? Entity<Pairing>(pairing), entity.spec.role == nil,
            pairing.spec["pairingcode"]?.stringValue != nil, entity.spec.tries < PairingLifeCycle.mostTries,
            moment < PairingLifeCycle.expiry(of: entity)
        else { return nil }
        guard isRight(pairing, digest) else { return .wrong(tries: entity.spec.tries + 1) }
        return entity.status.cert == nil ? nil : .first
    }

    private static func isRight(_ pairing: EntityRecord, _ digest: String) -> Bool {
        pairing.spec["pairingcode"]?.stringValue.map { EnrolmentSecret.digest(of: $0) == digest } ?? false
    }

    /// The request in the one form that is stored.
    static func normal(_ request: String) throws -> String {
        do {
            return try SigningRequest(pem: request).pem()
        } catch {
            throw VC3Error(
                .invalid, "the signing request is not valid", problems: [.init(field: "csr", problem: "\(error)")],
                cause: error)
        }
    }

    /// Strangers have no identity; the audit trail names this desk, and where they came from.
    private static func author(_ address: String?, _ claim: EnrolmentClaim) -> Author {
        let isWrong = if case .wrong = claim { true } else { false }
        return Author(Identity(role: .agent, name: "enrolment"), from: address, action: isWrong ? "try" : "claim")
    }
}
