import VC3Certificates

/// What one end of a connection knows of certificates that were taken back: by a file that its operator keeps, and by what
/// it heard while it ran.
struct HeardRevocations: Sendable {
    private(set) var filed: RevocationLists
    private(set) var heard = RevocationLists()
    /// Both together: what counts.
    private(set) var all: RevocationLists

    init(filed: RevocationLists) {
        self.filed = filed
        all = filed
    }

    mutating func file(_ lists: RevocationLists) {
        filed = lists
        all = filed.union(heard)
    }

    /// What was heard before stays in force: nothing that was taken back is ever given back.
    ///
    /// - Returns: Whether that brought anything new.
    mutating func hear(_ lists: RevocationLists) -> Bool {
        let more = heard.union(lists)
        guard more != heard else { return false }
        heard = more
        all = filed.union(heard)
        return true
    }
}
