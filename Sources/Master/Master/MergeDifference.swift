import VC3Model

extension JSONValue {
    /// The smallest JSON merge patch (RFC 7396) that makes `target` of this value; `nil` when they are equal.
    func mergePatch(to target: JSONValue) -> JSONValue? {
        // A bare `nil` could mean the JSON value here.
        let none = JSONValue?.none
        guard case .object(let old) = self, case .object(let new) = target else {
            return self == target ? none : .some(target)
        }
        var patch: [String: JSONValue] = [:]
        for (name, value) in new where !value.isNull {
            if let change = (old[name] ?? .null).mergePatch(to: value) { patch[name] = change }
        }
        for name in old.keys where new[name]?.isNull ?? true { patch[name] = .some(.null) }
        return patch.isEmpty ? none : .some(.object(patch))
    }
}
