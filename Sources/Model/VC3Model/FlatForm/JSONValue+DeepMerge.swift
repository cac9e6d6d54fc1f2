extension JSONValue {
    /// This value after the original's deep merge.
    ///
    /// Texts, numbers, booleans and null give way to whatever comes; lists take the items that they lack and keep
    /// themselves from everything else; objects merge member by member, null replaces them, and they keep themselves from
    /// everything else.
    public func deepMerged(with source: JSONValue) -> JSONValue {
        switch (self, source) {
        case (.array(let items), .array(let more)):
            var known = Set(items)
            return .array(items + more.filter { known.insert($0).inserted })
        case (.object(let members), .object(let changes)):
            return .object(members.merging(changes) { $0.deepMerged(with: $1) })
        case (.object, .null): return .null
        case (.array, _), (.object, _): return self
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _): return source
        }
    }
}
