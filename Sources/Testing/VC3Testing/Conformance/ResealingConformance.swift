import InfoserviceAPI
import InfoserviceServer
public import InfoserviceStore
import VC3Model

/// What sealing anew promises, on any persistence that keeps what it was told. Wants an empty one.
///
/// - Parameter open: Opens the same place each time; the key is for a persistence that seals by itself.
public func checkResealing(on open: (SealingKey) async throws -> any Persistence) async throws {
    let old = SealingKey()
    let store = try await EntityStore.open(open(old), sealing: old)
    let suite = InfoserviceConformance { InfoserviceSession(identity: $0, engine: store) }
    let ana = InfoserviceSession(identity: .ana, engine: store)
    let tokens = 10
    for number in 0..<tokens {
        _ = try await ana.create(.samplePrivateToken("t\(number)", secret: "first \(number)"))
        _ = try await ana.patchSpec(
            .privatetoken, "t\(number)", with: ["data": .string("second \(number)")], expecting: nil)
    }
    // Gone, but its history has the secret too.
    _ = try await ana.create(.samplePrivateToken("gone", secret: "third"))
    try await ana.delete(.privatetoken, "gone")
    let before = await store.revision
    let trail = try await store.audit(AuditQuery(limit: 1000)).items

    let both = try old.taking(.begin)
    try await store.use(both)
    async let sealed = store.resealAll(batch: 3)
    for number in 0..<10 { _ = try await ana.create(.sampleNodeinfo("n\(number)")) }
    let count = try await sealed
    try suite.require(count == 3 * tokens + 2, "every record at rest and in history is sealed anew, not \(count)")
    let revision = await store.revision
    try suite.require(revision == Revision(before.rawValue + 10), "sealing anew makes no revision")
    try await store.close()

    let only = try both.taking(.retire([old.keys[0].id])).taking(.finish)
    try suite.require(only.keys.map(\.id) == [both.keys[0].id], "the old key is dropped")
    let again = try await EntityStore.open(open(only), sealing: only)
    let factory = InfoserviceSession(identity: .factory, engine: again)
    for number in 0..<tokens {
        let data = try await factory.record(.privatetoken, "t\(number)").spec["data"]
        try suite.require(data == .string("second \(number)"), "the new key alone opens what is at rest")
    }
    var secrets: [String?] = []
    for try await event in try await factory.watch([.privatetoken], after: .zero) {
        switch event {
        case .changed(let record), .removed(let record): secrets.append(record.spec["data"]?.stringValue)
        case .shared, .heartbeat: continue
        }
        if event.revision == before { break }
    }
    let expected = (0..<tokens).flatMap { ["first \($0)", "second \($0)"] } + ["third", "third"]
    try suite.require(secrets == expected, "and what is in history, each as it was")
    let kept = try await again.audit(AuditQuery(limit: 1000)).items.suffix(trail.count)
    try suite.require(Array(kept) == trail, "the audit trail stays as it was")
    try await again.close()
}
