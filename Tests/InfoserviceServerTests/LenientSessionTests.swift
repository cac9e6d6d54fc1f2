import InfoserviceAPI
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

@testable import InfoserviceServer

/// What the original took is taken, and said on the entity.
@Suite(.timeLimit(.minutes(5)))
struct LenientSessionTests {
    private func lenient(_ identity: Identity, _ store: EntityStore) -> InfoserviceSession {
        InfoserviceSession(identity: identity, engine: store, strictness: .lenient)
    }

    private func condition(of record: EntityRecord) -> JSONValue? {
        let found = (record.status["conditions"]?.arrayValue ?? []).filter { $0["type"] == "SpecUnderstood" }
        #expect(found.count <= 1)
        return found.first
    }

    /// A write by way of both parts, as `/info` makes it.
    private func write(
        _ session: InfoserviceSession, _ key: EntityKey, _ spec: JSONValue
    ) async throws -> EntityRecord {
        let write = PartsWrite(key: key) { current, _ in
            let status = current?.whole.status ?? KindSchema.of(key.kind).withDefaults([:], part: .status)
            return .put(owner: nil, spec: spec, status: status, reported: [])
        }
        try await session.write([write], as: .writeSpec)
        return try await session.record(key.kind, key.name)
    }

    private static let spec: JSONValue = ["app_type": "pbs", "app_role": "worker-nodes", "nodeinfo": "later"]

    @Test func advisoryValuesAndMissingReferencesBecomeACondition() async throws {
        let start = Timestamp(milliseconds: 1_000)
        try await withStore(clock: WallClock { start }) { store in
            let record = try await write(lenient(.ana, store), EntityKey(.nodeset, "w"), Self.spec)
            let found = try #require(condition(of: record))
            let typed = try found.decoded(as: Condition.self)
            #expect(typed.status == .no && typed.since == start && typed.mender == .user)
            #expect(typed.reason == "UnknownValues")
            #expect(typed.message.contains("app_type") && typed.message.contains("nodeinfo later"))
        }
    }

    @Test func theConditionGoesWhenAllIsWell() async throws {
        try await withStore { store in
            let session = lenient(.ana, store)
            _ = try await write(session, EntityKey(.nodeset, "w"), Self.spec)
            var spec = Self.spec
            spec["app_type"] = "htcondor"
            let missing = try await write(session, EntityKey(.nodeset, "w"), spec)
            #expect(condition(of: missing)?["reason"] == "MissingReferences")
            _ = try await session.create(.sampleNodeinfo("later"))
            let whole = try await session.record(.nodeset, "w")
            #expect(condition(of: whole) == nil && whole.status["conditions"] == [])
            #expect(whole.spec == missing.spec && whole.metadata.generation == missing.metadata.generation)
        }
    }

    @Test func onlyTheStoreWritesTheCondition() async throws {
        try await withStore { store in
            let key = EntityKey(.nodeset, "w")
            let first = try await write(lenient(.ana, store), key, Self.spec)
            let kept = try #require(condition(of: first))
            let master = InfoserviceSession(identity: .master, engine: store)
            let forged: JSONValue = [
                "state": "running",
                "conditions": [
                    [
                        "type": "SpecUnderstood", "status": "true", "reason": "R", "message": "m",
                        "since": "2026-01-31T12:00:00.000Z",
                    ]
                ],
            ]
            let reported = try await master.replaceStatus(
                .nodeset, "w", with: forged, expecting: first.metadata.revision)
            #expect(condition(of: reported) == kept && reported.status["state"] == "running")
            let emptied = try await master.replaceStatus(
                .nodeset, "w", with: ["state": "running"], expecting: reported.metadata.revision)
            #expect(condition(of: emptied) == kept)
            #expect(emptied.metadata.revision == reported.metadata.revision, "nothing changed, so nothing was written")
        }
    }

    @Test func typesSizesAndRequiredFieldsHold() async throws {
        try await withStore { store in
            let session = lenient(.ana, store)
            for spec in [
                ["app_type": 7, "app_role": "x"], ["app_role": "x"], ["app_type": "x", "app_role": "x", "walltime": 1],
            ]
                as [JSONValue]
            {
                await #expect(throws: VC3Error.self) { try await write(session, EntityKey(.nodeset, "w"), spec) }
            }
            await #expect(throws: VC3Error.self) { _ = try await session.record(.nodeset, "w") }
        }
    }

    @Test func ofSeveralWritesAllHappenOrNone() async throws {
        try await withStore { store in
            let session = lenient(.ana, store)
            let good = PartsWrite(key: EntityKey(.nodeinfo, "a")) { _, _ in
                .put(
                    owner: nil, spec: [:], status: KindSchema.of(.nodeinfo).withDefaults([:], part: .status),
                    reported: [])
            }
            let bad = PartsWrite(key: EntityKey(.nodeinfo, "b")) { _, _ in throw VC3Error(.invalid, "no") }
            await #expect(throws: VC3Error.self) { try await session.write([good, bad], as: .create) }
            #expect(try await session.records(.nodeinfo).items.isEmpty)
            try await session.write([], as: .create)
        }
    }
}
