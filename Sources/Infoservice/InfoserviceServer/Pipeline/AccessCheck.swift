import InfoserviceStore
import VC3Model

/// The ``Rules`` for one identity, on entities of one view of the store.
struct AccessCheck {
    let identity: Identity
    let view: StoreView

    func verdict(_ action: EntityAction, _ record: EntityRecord) -> Verdict {
        let relation = Rules.relation(of: identity, to: view.audience(of: record))
        return Rules.verdict(identity, may: action, record.metadata.kind, as: relation)
    }

    func mayDo(_ action: EntityAction, _ record: EntityRecord) -> Bool { verdict(action, record) == .allowed }

    /// The record as the identity sees it; `nil` when it does not.
    func seen(_ record: EntityRecord) -> EntityRecord? {
        mayDo(.read, record) ? InfoserviceSession.shown(record, to: identity) : nil
    }

    /// - Throws: ``VC3Error`` `forbidden`.
    func enforce(_ action: EntityAction, _ record: EntityRecord) throws {
        try verdict(action, record).enforce(identity, action, record.key)
    }
}
