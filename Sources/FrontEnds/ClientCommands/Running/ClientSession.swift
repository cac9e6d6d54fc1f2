import InfoserviceAPI
import VC3Model

/// What one command works with: the Infoservice and the machine around it.
struct ClientSession: Sendable {
    let connection: ClientConnection
    let surroundings: ClientSurroundings

    var infoservice: any Infoservice { connection.infoservice }
    var console: Console { surroundings.console }
    var now: Timestamp { surroundings.clock.now() }

    /// Changes one attribute of an entity's spec without losing what somebody else writes at the same time.
    ///
    /// Reads, changes, writes at the revision that was read, and starts again when that was no longer the last one.
    ///
    /// - Returns: The entity as it is afterwards; it is not written when `change` changes nothing.
    /// - Throws: `conflict` after twenty lost races; else what reading and writing throw.
    @discardableResult
    func edit(
        _ kind: EntityKind, _ name: String, attribute: String, change: (JSONValue?) -> JSONValue
    ) async throws -> EntityRecord {
        try await edit(kind, name) { .object([attribute: change($0[attribute])]) }
    }

    /// As ``edit(_:_:attribute:change:)`` for several attributes.
    ///
    /// - Parameter change: The merge patch (RFC 7396) for this spec.
    @discardableResult
    func edit(
        _ kind: EntityKind, _ name: String, change: (JSONValue) -> JSONValue
    ) async throws -> EntityRecord {
        var attempt = 1
        while true {
            let record = try await infoservice.record(kind, name)
            let patch = change(record.spec)
            if record.spec.merging(patch: patch) == record.spec { return record }
            do {
                return try await infoservice.patchSpec(
                    kind, name, with: patch, expecting: record.metadata.revision)
            } catch let error as VC3Error where error.code == .conflict && attempt < 20 {
                try await surroundings.sleep(.milliseconds(Int.random(in: 1...(10 * attempt))))
                attempt += 1
            }
        }
    }

    /// Adds to an attribute that lists names; nothing happens when it is there already.
    @discardableResult
    func add(_ item: String, to attribute: String, of kind: EntityKind, _ name: String) async throws -> EntityRecord {
        try await edit(kind, name, attribute: attribute) { value in
            let items = value?.arrayValue ?? []
            return .array(items.contains(.string(item)) ? items : items + [.string(item)])
        }
    }

    /// Removes from an attribute that lists names; a note says when it was not there.
    func remove(_ item: String, from attribute: String, of kind: EntityKind, _ name: String) async throws {
        var wasThere = false
        try await edit(kind, name, attribute: attribute) { value in
            let items = value?.arrayValue ?? []
            wasThere = items.contains(.string(item))
            return wasThere ? .array(items.filter { $0 != .string(item) }) : value ?? []
        }
        if !wasThere { console.note("note: \(item) was not in \(attribute) of \(kind.rawValue) \(name)") }
    }
}
