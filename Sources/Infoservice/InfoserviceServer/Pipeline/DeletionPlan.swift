import InfoserviceStore
import VC3Model

/// What deleting an entity takes: refused while others refer to it, or with these as well.
struct DeletionPlan {
    let access: AccessCheck
    let target: EntityRecord
    private var doomed: [EntityRecord]
    /// Projects that stay, without the names that go.
    private var unlisted: [EntityKey: JSONValue] = [:]

    /// - Parameter cascade: Whether what refers to the target goes with it.
    init(_ target: EntityRecord, cascade: Bool, access: AccessCheck) {
        self.access = access
        self.target = target
        doomed = [target]
        if cascade { collect() }
    }

    /// In the order in which watchers hear of it: what refers to something before that.
    ///
    /// - Throws: ``VC3Error`` `forbidden`, naming everything that the caller may not delete or change.
    func changes() throws -> [EntityChange] {
        let refusals =
            doomed.compactMap { refusal(.delete, $0, access.verdict(.delete, $0)) }
            + unlisted.sorted { $0.key < $1.key }.compactMap { key, spec in
                access.view[key].flatMap { refusal(.writeSpec, $0, verdict(ofUnlisting: $0, spec)) }
            }
        if let first = refusals.first {
            // One alone is the entity itself, or says all that there is to say.
            if refusals.count == 1, doomed.count == 1 {
                try access.enforce(.delete, target)
            }
            throw VC3Error(
                .forbidden,
                "\(access.identity) may not delete \(target.key) with all that refers to it: \(first.problem)",
                problems: refusals)
        }
        let edits = unlisted.sorted { $0.key < $1.key }.compactMap { key, spec -> EntityChange? in
            guard let record = access.view[key] else { return nil }
            var content = EntityContent(record)
            content.spec = spec
            return EntityChange(key, .put(content))
        }
        return edits + doomed.reversed().map { EntityChange($0.key, Self.deletion(of: $0)) }
    }

    /// - Throws: ``VC3Error`` `inUse`, naming everything that refers to the target.
    func refuseReferrers() throws {
        let referrers = Self.referrers(of: target.key, in: access.view)
        guard !referrers.isEmpty else { return }
        let seen = referrers.filter { access.mayDo(.read, $0) }
        var names = seen.map { "\($0.key)" }
        if seen.count < referrers.count { names.append("\(referrers.count - seen.count) that you may not see") }
        throw VC3Error(
            .inUse, "\(target.key) is referred to by \(names.joined(separator: ", "))",
            problems: seen.flatMap { record in
                Self.links(from: record, to: target.key).map {
                    .init(field: "\(record.key)", problem: "refers to it in \($0.field)")
                }
            })
    }

    private mutating func collect() {
        var keys = Set([target.key])
        var next = [target.key]
        while let key = next.popLast() {
            for record in Self.referrers(of: key, in: access.view) where !keys.contains(record.key) {
                if record.metadata.kind == .project, key.kind == .user || key.kind == .allocation {
                    unlisted[record.key] = (unlisted[record.key] ?? record.spec).withoutName(key.name, of: key.kind)
                } else {
                    keys.insert(record.key)
                    doomed.append(record)
                    next.append(record.key)
                }
            }
        }
        for key in keys { unlisted.removeValue(forKey: key) }
    }

    private func verdict(ofUnlisting project: EntityRecord, _ spec: JSONValue) -> Verdict {
        ProjectChange(access: access, old: project, new: spec).isContribution
            ? .allowed : access.verdict(.writeSpec, project)
    }

    private func refusal(_ action: EntityAction, _ record: EntityRecord, _ verdict: Verdict) -> VC3Error.Problem? {
        guard case .refused(let rule) = verdict else { return nil }
        return .init(field: "\(record.key)", problem: "may not \(action.rawValue) it: \(rule)")
    }

    static func deletion(of record: EntityRecord) -> Change {
        if KindSchema.of(record.metadata.kind).finalizer == nil { return .remove }
        var content = EntityContent(record)
        content.isDeleting = true
        return .put(content)
    }

    /// Those that hold the entity. What is being deleted itself holds nothing: whatever its tearing down needs was copied
    /// into its status. Nor does a request that has ended.
    private static func referrers(of key: EntityKey, in view: StoreView) -> [EntityRecord] {
        view.referrers(of: key).filter {
            $0.metadata.deleting == nil && !$0.isEnded && !links(from: $0, to: key).isEmpty
        }
    }

    private static func links(from record: EntityRecord, to key: EntityKey) -> [EntityLink] {
        KindSchema.of(record.metadata.kind).links(in: record.spec).filter { $0.isHeld && $0.target == key }
    }
}

extension EntityRecord {
    fileprivate var isEnded: Bool {
        metadata.kind == .request && status["state"]?.stringValue == RequestState.terminated.rawValue
    }
}

extension JSONValue {
    fileprivate func withoutName(_ name: String, of kind: EntityKind) -> JSONValue {
        let field = kind == .user ? "members" : "allocations"
        var spec = self
        spec[field] = .array((self[field]?.arrayValue ?? []).filter { $0 != .string(name) })
        if kind == .user, case .object(var roles)? = spec["roles"] {
            roles.removeValue(forKey: name)
            spec["roles"] = .object(roles)
        }
        return spec
    }
}
