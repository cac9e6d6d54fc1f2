#if PostgreSQL
    import Foundation
    public import VC3Model

    /// Keeps changes in a PostgreSQL database, on which any number of Infoservice processes may work.
    ///
    /// A turn is a transaction that holds the lock on the one row of `vc3_position`. Each commit is announced with `NOTIFY`;
    /// every process listens on a second connection, and looks every few seconds without being told. While the server is
    /// away calls fail with `unavailable`; each one tries to connect anew.
    public final class PostgreSQLPersistence: SharedPersistence, CopyablePersistence {
        /// For turns and commits.
        private let writer: PostgreSQLConnection
        /// Listens, and answers what must not wait for a turn.
        private let reader: PostgreSQLConnection
        public let wakeups: AsyncStream<Revision?>
        private let wake: AsyncStream<Revision?>.Continuation
        private let listening: Task<Void, Never>

        /// - Parameter lookEvery: How often to look for changes that were not announced.
        /// - Throws: ``VC3Error`` `unavailable` when the database cannot be reached or used.
        public static func open(
            connection: String, lookEvery: Duration = .seconds(5)
        ) async throws -> PostgreSQLPersistence {
            let writer = PostgreSQLConnection(connection, label: "writer")
            do {
                try await writer.run { try PostgreSQLSchema.prepare($0) }
            } catch {
                await writer.close()
                if error is VC3Error { throw error }
                throw VC3Error(.unavailable, "cannot use the PostgreSQL database: \(error)", cause: error)
            }
            return PostgreSQLPersistence(
                writer: writer, reader: PostgreSQLConnection(connection, label: "reader"), lookEvery: lookEvery)
        }

        private init(writer: PostgreSQLConnection, reader: PostgreSQLConnection, lookEvery: Duration) {
            self.writer = writer
            self.reader = reader
            (wakeups, wake) = AsyncStream<Revision?>.makeStream(bufferingPolicy: .bufferingNewest(1))
            // Listening lives as long as this object, which has no scope of its own; `close()` ends it.
            listening = Task { [reader, wake] in await Self.listen(on: reader, wake, lookEvery: lookEvery) }
        }

        /// Keeps the reader listening, with backoff from 50 ms to 2 s while the server is away.
        private static func listen(
            on reader: PostgreSQLConnection, _ wake: AsyncStream<Revision?>.Continuation, lookEvery: Duration
        ) async {
            var pause = Duration.milliseconds(50)
            while !Task.isCancelled {
                do {
                    let (lost, tellLost) = AsyncStream<Void>.makeStream()
                    try await reader.run { connection in
                        try connection.listen(to: PostgreSQLSchema.channel) { payload in
                            if let payload {
                                wake.yield(Int64(payload).map { Revision($0) })
                            } else {
                                tellLost.finish()
                            }
                        }
                    }
                    pause = .milliseconds(50)
                    await look(until: lost, every: lookEvery) { wake.yield(nil) }
                } catch {
                    try? await Task.sleep(for: pause)
                    pause = min(pause * 2, .seconds(2))
                }
            }
        }

        /// Looks at once, because changes may have come before listening, and then now and then.
        private static func look(
            until lost: AsyncStream<Void>, every interval: Duration, _ look: @escaping @Sendable () -> Void
        ) async {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in lost {} }
                group.addTask {
                    while !Task.isCancelled {
                        look()
                        try? await Task.sleep(for: interval)
                    }
                }
                await group.next()
                group.cancelAll()
            }
        }

        public func close() async throws {
            listening.cancel()
            wake.finish()
            await writer.close()
            await reader.close()
        }

        // MARK: Reading

        /// Whether nothing was ever written.
        func isNew() async throws -> Bool { try await reader.run { try Self.position($0).revision == .zero } }

        public func load() async throws -> StoredState { try await content(withAudit: false).state }

        public func content() async throws -> StoreContent { try await content(withAudit: true) }

        private func content(withAudit: Bool) async throws -> StoreContent {
            try await reader.run { connection in
                try Self.reading(connection) {
                    let position = try Self.position(connection)
                    let entities = try connection.query("SELECT body FROM vc3_entity").compactMap(\.[0])
                    let audit = withAudit ? try connection.query("SELECT body FROM vc3_audit ORDER BY revision") : []
                    return StoreContent(
                        state: StoredState(
                            entities: entities.map { Data($0.utf8) },
                            history: try Self.history(after: position.compacted, connection),
                            revision: position.revision, compacted: position.compacted),
                        audit: try audit.compactMap(\.[0]).map {
                            try JSONDecoder().decode(AuditEntry.self, from: Data($0.utf8))
                        })
                }
            }
        }

        /// Shows one moment of the store to all statements of `body`.
        private static func reading<Value>(_ connection: PostgreSQLConnection, _ body: () throws -> Value) throws
            -> Value
        {
            try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            defer { try? connection.execute("ROLLBACK") }
            return try body()
        }

        public func news(after revision: Revision) async throws -> StoredNews {
            try await reader.run { connection in
                try Self.reading(connection) { try Self.news(after: revision, connection) }
            }
        }

        private static func news(after revision: Revision, _ connection: PostgreSQLConnection) throws -> StoredNews {
            let position = try position(connection)
            if position.revision == revision { return .changes([]) }
            if position.revision < revision {
                throw VC3Error(
                    .internal,
                    "the database is at revision \(position.revision), behind this process at \(revision): it was"
                        + " replaced by an older state; restart all processes that use it")
            }
            if position.compacted > revision { return .compacted }
            return .changes(try history(after: revision, connection))
        }

        private static func position(
            _ connection: PostgreSQLConnection, locking: Bool = false
        ) throws -> (revision: Revision, compacted: Revision) {
            let lock = locking ? " FOR UPDATE" : ""
            guard let row = try connection.query("SELECT revision, compacted FROM vc3_position" + lock).first,
                let revision = row[0].flatMap({ Int64($0) }), let compacted = row[1].flatMap({ Int64($0) })
            else { throw VC3Error(.internal, "the store has no position row; restore it from a backup") }
            return (Revision(revision), Revision(compacted))
        }

        private static func history(after revision: Revision, _ connection: PostgreSQLConnection) throws
            -> [StoredChange]
        {
            try connection.query(
                "SELECT revision, kind, name, removal, moment, body FROM vc3_history WHERE revision > $1 ORDER BY revision",
                [revision.description]
            ).map { row in
                guard let revision = row[0].flatMap({ Int64($0) }),
                    let kind = row[1].flatMap(EntityKind.init(rawValue:)),
                    let name = row[2], let moment = row[4].flatMap({ Int64($0) }), let body = row[5]
                else { throw VC3Error(.internal, "stored history has a row of unknown kind '\(row[1] ?? "")'") }
                return StoredChange(
                    revision: Revision(revision), key: EntityKey(kind, name), isRemoval: row[3] == "t",
                    moment: Timestamp(milliseconds: moment), body: Data(body.utf8))
            }
        }

        public func audit(_ query: AuditQuery) async throws -> AuditPage {
            var conditions: [String] = []
            var parameters: [String?] = []
            func want(_ condition: String, _ value: String?) {
                guard let value else { return }
                parameters.append(value)
                conditions.append("\(condition) $\(parameters.count)")
            }
            want("role =", query.role?.rawValue)
            want("who =", query.who)
            want("kind =", query.kind?.rawValue)
            want("name =", query.name)
            want("moment >=", query.since.map { "\($0.milliseconds)" })
            want("moment <", query.until.map { "\($0.milliseconds)" })
            want("revision <", query.before?.description)
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            let sql = "SELECT body FROM vc3_audit \(filter) ORDER BY revision DESC LIMIT \(query.limit + 1)"
            let bodies = try await reader.run { [parameters] in try $0.query(sql, parameters) }
            let entries = try bodies.compactMap(\.[0]).map {
                try JSONDecoder().decode(AuditEntry.self, from: Data($0.utf8))
            }
            return AuditPage(newestFirst: entries, limit: query.limit)
        }

        // MARK: Writing

        public func takeTurn(after revision: Revision) async throws -> StoredNews {
            try await writer.run { connection in
                try connection.execute("BEGIN")
                do {
                    // Decides on the locked row: what the lock waited for is seen.
                    _ = try Self.position(connection, locking: true)
                    return try Self.news(after: revision, connection)
                } catch {
                    try? connection.execute("ROLLBACK")
                    throw error
                }
            }
        }

        public func endTurn() async { try? await writer.run { try $0.execute("ROLLBACK") } }

        public func commit(_ batch: StoredBatch) async throws {
            try await writer.run { connection in
                do {
                    try PostgreSQLWriting.write(batch, connection)
                    try connection.query(
                        "SELECT pg_notify($1, $2)", [PostgreSQLSchema.channel, batch.last.description])
                    try connection.execute("COMMIT")
                } catch {
                    try? connection.execute("ROLLBACK")
                    throw error
                }
            }
        }

        public func rewrite(entities: [StoredChange], history: [StoredChange]) async throws {
            try await writer.run { connection in
                try connection.execute("BEGIN")
                do {
                    // Behind the lock, so that no other process writes the same entities at the same time.
                    _ = try Self.position(connection, locking: true)
                    for change in entities {
                        try connection.query(
                            """
                            UPDATE vc3_entity SET body = $4
                            WHERE kind = $1 AND name = $2 AND (body::json->>'revision')::bigint = $3
                            """,
                            [
                                change.key.kind.rawValue, change.key.name, change.revision.description,
                                String(decoding: change.body, as: UTF8.self),
                            ])
                    }
                    for change in history {
                        try connection.query(
                            "UPDATE vc3_history SET body = $2 WHERE revision = $1",
                            [change.revision.description, String(decoding: change.body, as: UTF8.self)])
                    }
                    try connection.execute("COMMIT")
                } catch {
                    try? connection.execute("ROLLBACK")
                    throw error
                }
            }
        }

        /// Tells by the batch's own mark, so that what others wrote since does not matter.
        ///
        /// Waits a few seconds for a server that restarts.
        public func isCommitted(_ batch: StoredBatch) async throws -> Bool {
            let deadline = ContinuousClock.now + .seconds(3)
            while true {
                do {
                    return try await writer.run { connection in
                        // Behind the lock, because a commit whose answer was lost may still be under way.
                        try connection.execute("BEGIN")
                        defer { try? connection.execute("ROLLBACK") }
                        let position = try Self.position(connection, locking: true)
                        if position.compacted >= batch.last {
                            throw VC3Error(.unavailable, "history was compacted past revision \(batch.last)")
                        }
                        let row = try connection.query(
                            "SELECT batch FROM vc3_history WHERE revision = $1", [batch.last.description]
                        ).first
                        return row?[0] == batch.mark
                    }
                } catch {
                    if ContinuousClock.now > deadline { throw error }
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
        }

        public func fill(_ content: StoreContent) async throws {
            try await writer.run { connection in
                let taken = try connection.query(
                    """
                    UPDATE vc3_position SET incomplete = 'copying' WHERE revision = 0 AND NOT EXISTS (SELECT FROM vc3_entity)
                    RETURNING revision
                    """)
                if taken.isEmpty { throw StoreContent.occupied("PostgreSQL") }
                try connection.execute("BEGIN")
                do {
                    try PostgreSQLWriting.fill(content, connection)
                    try connection.execute("COMMIT")
                } catch {
                    try? connection.execute("ROLLBACK")
                    throw error
                }
            }
        }
    }
#endif
