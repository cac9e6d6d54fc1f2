import Foundation
import InfoserviceAPI
import InfoserviceStore
import VC3Model

/// The Master's answer to a pairing that was claimed.
struct PairingAnswer: Sendable {
    let engine: EntityStore
    /// For which it is waited for.
    let patience: Duration

    /// - Returns: PEM text: the certificate, then the intermediate.
    /// - Throws: ``VC3Error``: `unavailable` when there is none in time, `invalid` when the Master refuses.
    func pem(for pairing: EntityRecord) async throws -> String {
        if let answer = try Self.answer(in: pairing) { return answer }
        let engine = engine
        let patience = patience
        return try await withThrowingTaskGroup(of: String?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for try await event in try await engine.watch([.pairing], after: pairing.metadata.revision) {
                    switch event {
                    case .changed(let record) where record.key == pairing.key:
                        if let answer = try Self.answer(in: record) { return answer }
                    case .removed(let record) where record.key == pairing.key: return nil
                    default: break
                    }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: patience)
                return nil
            }
            if let answer = try await group.next() ?? nil { return answer }
            throw VC3Error(
                .unavailable,
                "the Master has not signed the request yet; ask again with the same request. Is the Master running?")
        }
    }

    private static func answer(in pairing: EntityRecord) throws -> String? {
        switch pairing.status["state"]?.stringValue {
        case "paired":
            return pairing.status["cert"]?.stringValue.flatMap { Data(base64Encoded: $0) }
                .map { String(decoding: $0, as: UTF8.self) }
        case "refused", "expired":
            let reason = pairing.status["state_reason"]?.stringValue ?? "no reason is given"
            throw VC3Error(.invalid, "the request is not signed: \(reason)")
        default: return nil
        }
    }
}
