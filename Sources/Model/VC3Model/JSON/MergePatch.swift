extension JSONValue {
    /// This value after a JSON merge patch: members of `patch` replace, `null` removes, objects merge (RFC 7396 §2).
    public func merging(patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = objectValue ?? [:]
        for (name, change) in changes {
            if change.isNull {
                // Not by assigning nil: JSONValue itself can be written as nil, so that would store a null.
                members.removeValue(forKey: name)
            } else {
                members[name] = (members[name] ?? .null).merging(patch: change)
            }
        }
        return .object(members)
    }
}
