extension JSONValue {
    /// This value after a JSON merge patch: members of `patch` replace, `null` removes, objects merge (RFC 7396 §2).
    public func merging(patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = objectValue ?? [:]
        for (name, change) in changes {
            members[name] = change.isNull ? nil : (members[name] ?? .null).merging(patch: change)
        }
        return .object(members)
    }
}
