public import VC3Model

/// The answer to "may they?", with the rule that gave it.
public enum Verdict: Sendable, Equatable {
    case allowed
    case refused(rule: String)
}

/// Who may do what, decided from who asks, what they want to do to what kind of entity, and how they stand to it. The
/// table for people is `docs/access-rules.md`.
///
/// The kind's ``KindSchema`` names who writes spec and status, who sees secrets and who finishes a deletion.
public enum Rules {
    /// - Parameters:
    ///   - identity: `nil`: a stranger, who showed no certificate.
    ///   - relation: How they stand to the entity as it is, or, of ``EntityAction/create``, as it would be.
    public static func verdict(
        _ identity: Identity?, may action: EntityAction, _ kind: EntityKind, as relation: Relation
    ) -> Verdict {
        if action == .collect {
            return kind == .pairing ? .allowed : .refused(rule: "only the certificate of a pairing is collected")
        }
        guard let identity else {
            return .refused(rule: "a stranger may only collect the certificate of a pairing, by its code")
        }
        let schema = KindSchema.of(kind)
        switch action {
        case .read: return read(identity, kind, relation)
        case .readSecrets:
            return allow(
                schema.secretReaders.contains(identity.role), else: "secrets of a \(kind.rawValue) are shown to",
                schema.secretReaders)
        case .create, .writeSpec, .delete: return writeSpec(identity, action, schema, relation)
        case .writeStatus:
            return allow(
                schema.statusWriters.contains(identity.role), else: "the status of a \(kind.rawValue) is written by",
                schema.statusWriters)
        case .finish:
            return allow(
                schema.finalizer == identity.role, else: "the deletion of a \(kind.rawValue) is finished by",
                Set([schema.finalizer].compactMap(\.self)))
        case .use:
            return people(
                identity, kind == .project && [.owner, .projectOwner, .projectMember].contains(relation),
                else: "requests are started in a project by its owners and members")
        case .lend:
            return people(
                identity, kind == .allocation && relation == .owner,
                else: "an allocation is lent to a project by its owner")
        case .collect: return .allowed
        }
    }

    /// How an identity stands to an entity with this audience. Only users and agents own and share things.
    public static func relation(of identity: Identity, to audience: Audience) -> Relation {
        switch identity.role {
        case .user, .agent: audience.relation(of: identity.name)
        case .admin, .master, .factory, .portal: audience.isPublic ? .everyone : .none
        }
    }

    private static func read(_ identity: Identity, _ kind: EntityKind, _ relation: Relation) -> Verdict {
        // Everybody who has a certificate has to know which ones were taken back.
        if kind == .authority { return .allowed }
        switch identity.role {
        case .admin, .master, .factory: return .allowed
        case .user:
            if relation != .none { return .allowed }
            let sees = "a user sees what they own, what a project shares with them and what is public"
            return .refused(rule: "\(sees); this \(kind.rawValue) is none of these")
        case .portal:
            return kind == .user || relation == .everyone
                ? .allowed
                : .refused(rule: "a portal that acts for nobody sees users and what is public only")
        case .agent: return relation == .owner ? .allowed : .refused(rule: "an agent sees only what it owns")
        }
    }

    private static func writeSpec(
        _ identity: Identity, _ action: EntityAction, _ schema: KindSchema, _ relation: Relation
    ) -> Verdict {
        let writers = schema.specWriters
        if action == .delete, schema.deleters.contains(identity.role) { return .allowed }
        // What a code stands for must not change under whoever holds it.
        if action == .writeSpec, writers.contains(.admin) {
            return .refused(rule: "a \(schema.kind.rawValue) is never changed; delete it and make another one")
        }
        let rule = "the spec of a \(schema.kind.rawValue) is written by"
        switch identity.role {
        case .admin: return allow(!writers.isDisjoint(with: [.user, .admin]), else: rule, writers)
        case .user, .agent:
            guard writers.contains(identity.role) else { return allow(false, else: rule, writers) }
            if relation == .owner { return .allowed }
            let isProject = schema.kind == .project && action != .create
            if isProject, relation == .projectOwner { return .allowed }
            let who = isProject ? "its owners" : "its owner"
            return .refused(rule: "a \(schema.kind.rawValue) is made, changed and deleted by \(who) or an admin only")
        case .master, .factory, .portal:
            return allow(writers.contains(identity.role), else: rule, writers)
        }
    }

    /// What is up to users and, for them, to admins.
    private static func people(_ identity: Identity, _ isUsers: Bool, else rule: String) -> Verdict {
        switch identity.role {
        case .admin: .allowed
        case .user: isUsers ? .allowed : .refused(rule: rule + ", or an admin")
        case .master, .factory, .portal, .agent: .refused(rule: rule + ", or an admin")
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
