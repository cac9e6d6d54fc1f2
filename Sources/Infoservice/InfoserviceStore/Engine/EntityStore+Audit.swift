import VC3Model

extension EntityStore {
    /// Entries of the audit trail, newest first. Covers what other processes did.
    ///
    /// - Throws: ``VC3Error`` `invalid` for a limit out of range, `unavailable` when the persistence fails.
    public func audit(_ query: AuditQuery) async throws -> AuditPage {
        guard (1...AuditQuery.largestLimit).contains(query.limit) else {
            let problem = "is \(query.limit); needed is 1 to \(AuditQuery.largestLimit)"
            throw VC3Error(.invalid, "the limit is not valid", problems: [.init(field: "limit", problem: problem)])
        }
        do {
            return try await persistence.audit(query)
        } catch {
            throw unavailable("the audit trail cannot be read", error)
        }
    }
}
