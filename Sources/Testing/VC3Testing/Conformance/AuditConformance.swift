import InfoserviceAPI
import InfoserviceServer
public import InfoserviceStore
import VC3Model

/// What the audit trail promises, on any persistence. Wants an empty store.
public func checkAuditTrail(of store: EntityStore) async throws {
    let suite = InfoserviceConformance { InfoserviceSession(identity: $0, engine: store) }
    let ana = InfoserviceSession(identity: .ana, origin: "10.0.0.7:4711", engine: store)
    let ben = InfoserviceSession(identity: .ben, engine: store)
    let made = try await ana.create(.sampleNodeinfo("n", cores: 2))
    let start = made.metadata.created
    _ = try await ana.patchSpec(.nodeinfo, "n", with: ["cores": 4], expecting: nil)
    _ = try await ana.patchSpec(.nodeinfo, "n", with: ["cores": 4], expecting: nil)
    _ = try? await ben.patchSpec(.nodeinfo, "n", with: ["cores": 5], expecting: nil)
    _ = try await ana.create(.samplePrivateToken("t", secret: "aHVudGVyMg"))
    _ = try await ben.create(.sampleNodeinfo("m"))
    try await ana.delete(.nodeinfo, "n")

    let all = try await store.audit(AuditQuery()).items
    try suite.require(
        all.map(\.action) == ["delete", "create", "create", "change", "create"],
        "one entry for each write, newest first")
    try suite.require(Set(all.map(\.revision)).count == all.count, "each entry has its write's revision")
    let change = all[3]
    try suite.require(
        change.fields == ["spec.cores"] && change.who == "ana" && change.role == .user && change.kind == .nodeinfo
            && change.name == "n" && change.origin == "10.0.0.7:4711" && change.time >= start,
        "an entry says who, what, when and from where: \(change)")
    try suite.require(all[1].origin == nil, "a part of the same process has no address")
    try suite.require(!"\(all)".contains("aHVudGVyMg"), "no values, secret or not")
    try suite.require(all[2].fields.contains("spec.data"), "a secret field is named")

    func names(_ query: AuditQuery) async throws -> [Revision] { try await store.audit(query).items.map(\.revision) }
    let revisions = all.map(\.revision)
    try suite.require(try await names(AuditQuery(who: "ben")) == [revisions[1]], "by who")
    try suite.require(try await names(AuditQuery(role: .admin)).isEmpty, "by role")
    try suite.require(
        try await names(AuditQuery(kind: .nodeinfo, name: "n")) == [revisions[0], revisions[3], revisions[4]],
        "by kind and name")
    try suite.require(try await names(AuditQuery(since: start)).count == 5, "since is inclusive")
    try suite.require(try await names(AuditQuery(until: start)).isEmpty, "until is exclusive")
    let first = try await store.audit(AuditQuery(limit: 2))
    try suite.require(first.items.map(\.revision) == Array(revisions[..<2]) && first.next == revisions[1], "a page")
    let second = try await store.audit(AuditQuery(before: first.next, limit: 3))
    try suite.require(second.items.map(\.revision) == Array(revisions[2...]) && second.next == nil, "and the rest")
    try await suite.expect(.invalid, "a limit of 0") { _ = try await store.audit(AuditQuery(limit: 0)) }
}
