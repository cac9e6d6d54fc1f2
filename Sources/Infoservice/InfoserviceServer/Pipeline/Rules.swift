public import VC3Model

/// What a caller may want to do to an entity.
public enum EntityAction: String, Sendable, CaseIterable {
    case read
    case readSecrets = "read secrets of"
    case create
    case writeSpec = "change"
    case writeStatus = "report on"
    case delete
    /// Removing what is marked for deletion, after tearing it down.
    case finish = "remove"

    /// What the audit trail calls it.
    var auditWord: String {
        switch self {
        case .read, .create, .delete: rawValue
        case .readSecrets: "read-secrets"
        case .writeSpec: "change"
        case .writeStatus: "report"
        case .finish: "remove"
        }
    }
}

/// The answer to "may they?", with the rule that gave it.
public enum Verdict: Sendable, Equatable {
    case allowed
    case refused(rule: String)
}

/// Who may do what: role by action, with the kind's ``KindSchema`` filling in the writers.
///
/// | action | admin | user | master, factory | portal | agent |
/// |---|---|---|---|---|---|
/// | read | all | all but private tokens and pairings of others | all | as a user | own |
/// | read secrets | – | – | roles in `secretReaders` | – | – |
/// | create, change, delete | where users may | own, where `specWriters` has users | where in `specWriters` | – | own, where in `specWriters` |
/// | report on (status) | – | – | where in `statusWriters` | – | – |
/// | remove (finish deleting) | – | – | the kind's `finalizer` | – | – |
public enum Rules {
    /// Kinds that only their owner, admins and components see.
    static let confidential: Set<EntityKind> = [.privatetoken, .pairing]

    /// - Parameter owner: The owner that the entity has, or would get.
    public static func verdict(
        _ identity: Identity, may action: EntityAction, _ kind: EntityKind, ownedBy owner: String
    ) -> Verdict {
        let schema = KindSchema.of(kind)
        switch action {
        case .read:
            return read(identity, kind, owner)
        case .readSecrets:
            return allow(
                schema.secretReaders.contains(identity.role), else: "secrets of a \(kind.rawValue) are shown to",
                schema.secretReaders)
        case .create, .writeSpec, .delete:
            return writeSpec(identity, schema, owner)
        case .writeStatus:
            return allow(
                schema.statusWriters.contains(identity.role), else: "the status of a \(kind.rawValue) is written by",
                schema.statusWriters)
        case .finish:
            return allow(
                schema.finalizer == identity.role, else: "the deletion of a \(kind.rawValue) is finished by",
                Set([schema.finalizer].compactMap(\.self)))
        }
    }

    private static func read(_ identity: Identity, _ kind: EntityKind, _ owner: String) -> Verdict {
        switch identity.role {
        case .admin, .master, .factory: .allowed
        case .user, .portal:
            confidential.contains(kind) && owner != identity.name
                ? .refused(rule: "a \(kind.rawValue) is seen by its owner, admins, master and factory") : .allowed
        case .agent: owner == identity.name ? .allowed : .refused(rule: "an agent sees only what it owns")
        }
    }

    private static func writeSpec(_ identity: Identity, _ schema: KindSchema, _ owner: String) -> Verdict {
        let writers = schema.specWriters
        let rule = "the spec of a \(schema.kind.rawValue) is written by"
        switch identity.role {
        case .admin:
            return allow(writers.contains(.user), else: rule, writers)
        case .user, .agent:
            guard writers.contains(identity.role) else { return allow(false, else: rule, writers) }
            return owner == identity.name
                ? .allowed : .refused(rule: "a \(schema.kind.rawValue) is changed by its owner or an admin only")
        case .master, .factory, .portal:
            return allow(writers.contains(identity.role), else: rule, writers)
        }
    }

    private static func allow(_ isAllowed: Bool, else rule: String, _ roles: Set<Role>) -> Verdict {
        if isAllowed { return .allowed }
        let names = roles.map { $0 == .user ? "its owner" : $0.rawValue }.sorted()
        return .refused(rule: "\(rule) \(names.isEmpty ? "nobody" : names.joined(separator: " or ")) only")
    }
}

extension Verdict {
    /// - Throws: ``VC3Error`` `forbidden`, naming who, what and the rule.
    func enforce(_ identity: Identity, _ action: EntityAction, _ key: EntityKey) throws {
        guard case .refused(let rule) = self else { return }
        throw VC3Error(.forbidden, "\(identity) may not \(action.rawValue) \(key): \(rule)")
    }
}
