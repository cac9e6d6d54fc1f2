import Foundation
import InfoserviceAPI
import VC3Model
import VC3Reconciling

/// Says of each proxy and token that a user gave when it ends, ahead of time, in its entity and to ``CredentialBoard``.
struct PrivateTokenReconciler: Reconciler {
    let infoservice: any Infoservice
    let mirror: EntityMirror
    let board: CredentialBoard
    let clock: WallClock

    static let condition = "Valid"

    func reconcile(_ name: String) async throws -> Outcome {
        guard let kind = await mirror.record(.privatetoken, name).flatMap({ Self.kind(of: $0) }),
            let record = try await record(name)
        else {
            board.note(nil, name, from: Self.source)
            return .done
        }
        let entity = try Entity<PrivateToken>(record)
        let state = Self.state(name, kind, record.secret)
        board.note(state, name, from: Self.source)
        let now = clock.now()
        let status = Self.status(of: state, over: entity, at: now)
        if status != entity.status {
            let written = try await infoservice.replaceStatus(
                .privatetoken, name, with: JSONValue(encoding: status), expecting: entity.metadata.revision)
            await mirror.note(written)
        }
        return state.nextChange(after: now).map { .again(after: min($0 - now, .seconds(3600))) } ?? .done
    }

    /// With its secret, which the mirror does not have.
    private func record(_ name: String) async throws -> EntityRecord? {
        do { return try await infoservice.record(.privatetoken, name) } catch let error as VC3Error
            where error.code == .notFound
        {
            return nil
        }
    }

    static func kind(of record: EntityRecord) -> CredentialState.Kind? {
        switch record.spec["type"]?.stringValue {
        case "x509-proxy": .proxy
        case "token": .token
        default: nil
        }
    }

    static func state(_ name: String, _ kind: CredentialState.Kind, _ secret: [UInt8]?) -> CredentialState {
        let text = String(decoding: secret ?? [], as: UTF8.self)
        let life = kind == .proxy ? CredentialLife(proxy: text) : CredentialLife(token: text)
        let trouble = kind == .proxy ? "it is no PEM text with certificates" : "it is no JSON web token with an end"
        return CredentialState(name: name, kind: kind, life: life, trouble: life == nil ? trouble : nil)
    }

    static func status(
        of state: CredentialState, over entity: Entity<PrivateToken>, at now: Timestamp
    ) -> PrivateToken.Status {
        var status = entity.status
        let outlook = state.outlook(at: now)
        let remark = state.remark(at: now)
        status.state = outlook.rawValue
        status.state_reason = remark
        status.expires = state.life?.end
        status.observed_generation = entity.metadata.generation
        status.conditions.set(state.condition(condition, at: now, mender: .user))
        return status
    }

    private static let source = CredentialBoard.Source.privateToken
}
