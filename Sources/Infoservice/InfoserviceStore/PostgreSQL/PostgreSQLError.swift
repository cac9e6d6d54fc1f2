#if PostgreSQL
    /// What PostgreSQL or the way to it answered.
    struct PostgreSQLError: Error, CustomStringConvertible {
        /// Five characters (postgresql.org/docs/15/errcodes-appendix.html); `nil` when the connection itself failed.
        let sqlState: String?
        let description: String

        init(_ message: String, sqlState: String? = nil) {
            self.sqlState = sqlState
            let line = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
            description = line.isEmpty ? "the connection was lost" : line
        }
    }
#endif
