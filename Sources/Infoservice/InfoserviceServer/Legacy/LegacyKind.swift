import VC3Model

/// Tells kinds of one category apart.
enum LegacyKind {
    /// The kind that a new entity with these attributes is of: the one whose own attributes it has. What says nothing is of
    /// the last kind.
    ///
    /// - Throws: ``VC3Error`` `invalid` when it has attributes of several.
    static func among(
        _ kinds: [EntityKind], _ attributes: [String: JSONValue], named name: String
    ) throws(VC3Error) -> EntityKind {
        let given = Set(attributes.filter { !$0.value.isNull }.keys)
        let fitting = kinds.filter { !given.isDisjoint(with: own($0, among: kinds)) }
        if fitting.count > 1 {
            let words = fitting.map { kind in
                "\(own(kind, among: kinds).intersection(given).sorted().joined(separator: ", ")) of a \(kind.rawValue)"
            }
            throw VC3Error(.invalid, "\(name) has attributes of two kinds: \(words.joined(separator: ", "))")
        }
        guard let kind = fitting.first ?? kinds.last else { throw VC3Error(.internal, "a category has no kind") }
        return kind
    }

    private static func own(_ kind: EntityKind, among kinds: [EntityKind]) -> Set<String> {
        let others = kinds.filter { $0 != kind }.flatMap { FlatForm.of($0).attributes.map(\.name) }
        return Set(FlatForm.of(kind).attributes.map(\.name)).subtracting(others)
    }
}
