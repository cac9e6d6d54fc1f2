#if PostgreSQL
    import CLibpq
    import Foundation
    import VC3Model

    /// One libpq connection and the thread-like queue on which alone it is used.
    ///
    /// Calls wait on that queue, never on the concurrency pool, and each has a time limit: a server that does not answer is
    /// one that is away.
    // Unchecked: the connection and the notification source are touched on `queue` only.
    final class PostgreSQLConnection: @unchecked Sendable {
        typealias Row = [String?]

        private let parameters: String
        private let queue: DispatchQueue
        private let patience: Duration
        private var connection: OpaquePointer?
        private var source: (any DispatchSourceRead)?

        /// - Parameter patience: For connecting, and for each statement.
        init(_ parameters: String, label: String, patience: Duration = .seconds(10)) {
            self.parameters = parameters
            self.patience = patience
            queue = DispatchQueue(label: "vc3.postgresql." + label)
        }

        /// Runs `body` on the connection's queue, connecting first if it is not connected.
        ///
        /// Not stopped by cancellation. After a failure of the connection the next call connects anew.
        func run<Value: Sendable>(
            _ body: @escaping @Sendable (PostgreSQLConnection) throws -> Value
        ) async throws -> Value {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(
                        with: Result {
                            do {
                                if self.connection == nil { try self.connect() }
                                let value = try body(self)
                                self.tellNotifications()
                                return value
                            } catch {
                                if self.isBroken { self.disconnect() }
                                throw error
                            }
                        })
                }
            }
        }

        func close() async {
            await withCheckedContinuation { continuation in
                queue.async {
                    self.disconnect()
                    continuation.resume()
                }
            }
        }

        private var isBroken: Bool { connection == nil || PQstatus(connection) != CONNECTION_OK }

        private func connect() throws {
            // What the connection string says itself comes later and wins.
            let options = [
                ("application_name", "vc3-infoservice"), ("client_encoding", "UTF8"), ("connect_timeout", "5"),
                ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
                ("tcp_user_timeout", "10000"), ("dbname", parameters),
            ]
            let names = options.map { strdup($0.0) }
            let texts = options.map { strdup($0.1) }
            defer { for text in names + texts { free(text) } }
            let opened = PQconnectdbParams(
                names.map { UnsafePointer<CChar>($0) } + [nil], texts.map { UnsafePointer<CChar>($0) } + [nil], 1)
            guard let opened, PQstatus(opened) == CONNECTION_OK else {
                let message = opened.map { String(cString: PQerrorMessage($0)) } ?? "out of memory"
                PQfinish(opened)
                throw PostgreSQLError(message)
            }
            connection = opened
            _ = PQsetnonblocking(opened, 1)
            // Notices go to standard error otherwise. What matters comes as an error too.
            PQsetNoticeProcessor(opened, { _, _ in }, nil)
            do {
                // A process that stops in the middle of its turn must not keep the others waiting.
                try execute(
                    """
                    SET idle_in_transaction_session_timeout = '5s'; SET lock_timeout = '8s'; SET synchronous_commit = 'on';
                    SET client_min_messages = 'warning'
                    """)
            } catch {
                disconnect()
                throw error
            }
        }

        private func disconnect() {
            if let source {
                // Its end closes the connection: the file must stay open until nobody waits for it.
                source.cancel()
            } else {
                PQfinish(connection)
            }
            source = nil
            connection = nil
            notify?(nil)
            notify = nil
        }

        // MARK: Statements. For bodies of `run` only.

        /// Several statements without parameters.
        func execute(_ sql: String) throws {
            guard PQsendQuery(connection, sql) == 1 else { throw failure() }
            _ = try results()
        }

        /// One statement with parameters `$1`, `$2`, … in text form.
        @discardableResult
        func query(_ sql: String, _ parameters: [String?] = []) throws -> [Row] {
            let texts = parameters.map { $0.map { strdup($0) } ?? nil }
            defer { for text in texts { free(text) } }
            let values = texts.map { $0.map { UnsafePointer<CChar>($0) } }
            guard PQsendQueryParams(connection, sql, Int32(values.count), nil, values, nil, nil, 0) == 1 else {
                throw failure()
            }
            return try results()
        }

        private func failure() -> PostgreSQLError { PostgreSQLError(String(cString: PQerrorMessage(connection))) }

        /// Waits for all results of what was sent; the rows of the last one.
        private func results() throws -> [Row] {
            let deadline = ContinuousClock.now + patience
            while PQflush(connection) == 1 { try wait(for: Int16(POLLOUT | POLLIN), until: deadline) }
            var rows: [Row] = []
            var refusal: PostgreSQLError?
            while true {
                while PQisBusy(connection) == 1 {
                    try wait(for: Int16(POLLIN), until: deadline)
                }
                guard let result = PQgetResult(connection) else { break }
                defer { PQclear(result) }
                let status = PQresultStatus(result)
                if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK {
                    rows = Self.rows(of: result)
                } else {
                    // PG_DIAG_SQLSTATE is the character C.
                    let state = PQresultErrorField(result, 67).map { String(cString: $0) }
                    refusal = PostgreSQLError(String(cString: PQresultErrorMessage(result)), sqlState: state)
                    if PQstatus(connection) != CONNECTION_OK { break }
                }
            }
            if let refusal { throw refusal }
            if PQstatus(connection) != CONNECTION_OK { throw failure() }
            return rows
        }

        private func wait(for events: Int16, until deadline: ContinuousClock.Instant) throws {
            let left = (deadline - ContinuousClock.now).inMilliseconds
            var file = pollfd(fd: PQsocket(connection), events: events, revents: 0)
            guard left > 0, poll(&file, 1, Int32(left)) > 0 else {
                disconnect()
                throw PostgreSQLError("no answer within \(patience.inMilliseconds) ms")
            }
            guard PQconsumeInput(connection) == 1 else { throw failure() }
        }

        private static func rows(of result: OpaquePointer) -> [Row] {
            let columns = PQnfields(result)
            return (0..<PQntuples(result)).map { row in
                (0..<columns).map { column in
                    PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
                }
            }
        }

        // MARK: Notifications. For bodies of `run` only.

        /// Listens on a channel from now on and tells each payload, and `nil` once when the connection is lost.
        func listen(to channel: String, _ tell: @escaping @Sendable (String?) -> Void) throws {
            try execute("LISTEN \(channel)")
            let source = DispatchSource.makeReadSource(fileDescriptor: PQsocket(connection), queue: queue)
            source.setEventHandler { [weak self] in
                guard let self, connection != nil else { return }
                if PQconsumeInput(connection) == 1 { tellNotifications() } else { disconnect() }
            }
            // Unsafe in name only: a pointer that is used on `queue` alone, as all of this class.
            nonisolated(unsafe) let connected = connection
            source.setCancelHandler { PQfinish(connected) }
            self.source = source
            source.resume()
            notify = tell
        }

        private var notify: (@Sendable (String?) -> Void)?

        /// Also those that came along with the answer to a statement.
        private func tellNotifications() {
            guard let notify, connection != nil else { return }
            while let notification = PQnotifies(connection) {
                notify(String(cString: notification.pointee.extra))
                PQfreemem(notification)
            }
        }
    }
#endif
