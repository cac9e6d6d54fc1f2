#if PostgreSQL
    import Foundation
    import VC3Model

    /// The statements that write a batch, each for all of its changes at once. For use within a transaction.
    enum PostgreSQLWriting {
        /// - Throws: ``VC3Error`` `internal` when the transaction holds no turn at the batch's revision.
        static func write(_ batch: StoredBatch, _ connection: PostgreSQLConnection) throws {
            guard let first = batch.changes.first else { return }
            let moved = try connection.query(
                "UPDATE vc3_position SET revision = $1 WHERE revision = $2 RETURNING revision",
                [batch.last.description, String(first.revision.rawValue - 1)])
            if moved.isEmpty { throw VC3Error(.internal, "a batch was written without its turn") }
            try writeHistory(batch.changes, mark: batch.mark, connection)
            try writeEntities(batch.changes, connection)
            try writeAudit(batch.audit, connection)
            if let compacted = batch.compacted {
                try connection.query("DELETE FROM vc3_history WHERE revision <= $1", [compacted.description])
                try connection.query("UPDATE vc3_position SET compacted = $1", [compacted.description])
            }
            if let expiry = batch.auditExpiry {
                // Looks at the oldest entries only, so that the cost does not grow with the trail.
                try connection.query(
                    """
                    DELETE FROM vc3_audit WHERE revision <= $1 OR revision IN
                        (SELECT revision FROM (SELECT revision, moment FROM vc3_audit ORDER BY revision LIMIT 10000) AS old
                         WHERE moment < $2)
                    """, [expiry.through.description, String(expiry.before.milliseconds)])
            }
        }

        static func writeHistory(_ changes: [StoredChange], mark: String, _ connection: PostgreSQLConnection) throws {
            try connection.query(
                """
                INSERT INTO vc3_history SELECT *, $7 FROM unnest($1::bigint[], $2::text[], $3::text[], $4::boolean[],
                    $5::bigint[], $6::text[])
                """,
                [
                    array(changes) { $0.revision.description }, array(changes) { $0.key.kind.rawValue },
                    array(changes) { $0.key.name }, array(changes) { $0.isRemoval ? "t" : "f" },
                    array(changes) { String($0.moment.milliseconds) }, array(changes) { text($0.body) }, mark,
                ])
        }

        /// Of an entity that changes several times only the last state is written.
        private static func writeEntities(_ changes: [StoredChange], _ connection: PostgreSQLConnection) throws {
            let last = Dictionary(changes.map { ($0.key, $0) }) { $1 }.values
            try put(last.filter { !$0.isRemoval }.map { ($0.key, $0.body) }, connection)
            let removals = last.filter(\.isRemoval)
            if !removals.isEmpty {
                try connection.query(
                    "DELETE FROM vc3_entity WHERE (kind, name) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
                    [array(removals) { $0.key.kind.rawValue }, array(removals) { $0.key.name }])
            }
        }

        private static func put(_ entities: [(key: EntityKey, body: Data)], _ connection: PostgreSQLConnection) throws {
            if entities.isEmpty { return }
            try connection.query(
                """
                INSERT INTO vc3_entity SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
                ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body
                """,
                [
                    array(entities) { $0.key.kind.rawValue }, array(entities) { $0.key.name },
                    array(entities) { text($0.body) },
                ])
        }

        /// Fills an empty store, a thousand rows at a time.
        static func fill(_ content: StoreContent, _ connection: PostgreSQLConnection) throws {
            let state = content.state
            for part in state.entities.parts(of: 1000) {
                try put(try part.map { (try EntityRecord(json: JSONValue(data: $0)).key, $0) }, connection)
            }
            for part in state.history.parts(of: 1000) { try writeHistory(Array(part), mark: "", connection) }
            for part in content.audit.parts(of: 1000) { try writeAudit(Array(part), connection) }
            try connection.query(
                "UPDATE vc3_position SET revision = $1, compacted = $2, incomplete = NULL",
                [state.revision.description, state.compacted.description])
        }

        static func writeAudit(_ entries: [AuditEntry], _ connection: PostgreSQLConnection) throws {
            if entries.isEmpty { return }
            let bodies = try entries.map { String(decoding: try $0.jsonBytes(), as: UTF8.self) }
            try connection.query(
                """
                INSERT INTO vc3_audit SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[],
                    $6::text[], $7::text[])
                """,
                [
                    array(entries) { $0.revision.description }, array(entries) { String($0.time.milliseconds) },
                    array(entries) { $0.role.rawValue }, array(entries) { $0.who }, array(entries) { $0.kind.rawValue },
                    array(entries) { $0.name }, PostgreSQLSchema.array(bodies),
                ])
        }

        private static func array<Element>(
            _ elements: some Sequence<Element>, _ text: (Element) -> String
        ) -> String { PostgreSQLSchema.array(elements.map(text)) }

        private static func text(_ bytes: Data) -> String { String(decoding: bytes, as: UTF8.self) }
    }

    extension Array {
        fileprivate func parts(of size: Int) -> [ArraySlice<Element>] {
            stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
        }
    }
#endif
