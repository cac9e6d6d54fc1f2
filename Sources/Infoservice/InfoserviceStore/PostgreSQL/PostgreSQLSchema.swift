#if PostgreSQL
    import VC3Model

    /// The tables of a store, in the first schema of the connection's search path.
    enum PostgreSQLSchema {
        static let format = 1
        /// Where commits are announced, with the revision as payload.
        static let channel = "vc3_store"

        /// Makes the tables at the first start. Several processes may do so at once.
        static func prepare(_ connection: PostgreSQLConnection) throws {
            try connection.execute(
                """
                BEGIN;
                SELECT pg_advisory_xact_lock(863218);
                CREATE TABLE IF NOT EXISTS vc3_entity (kind text NOT NULL, name text NOT NULL, body text NOT NULL,
                    PRIMARY KEY (kind, name));
                CREATE TABLE IF NOT EXISTS vc3_history (revision bigint PRIMARY KEY, kind text NOT NULL, name text NOT NULL,
                    removal boolean NOT NULL, moment bigint NOT NULL, body text NOT NULL, batch text NOT NULL);
                CREATE TABLE IF NOT EXISTS vc3_audit (revision bigint PRIMARY KEY, moment bigint NOT NULL,
                    role text NOT NULL, who text NOT NULL, kind text NOT NULL, name text NOT NULL, body text NOT NULL);
                CREATE TABLE IF NOT EXISTS vc3_position (id integer PRIMARY KEY CHECK (id = 0), format integer NOT NULL,
                    revision bigint NOT NULL, compacted bigint NOT NULL, incomplete text);
                INSERT INTO vc3_position VALUES (0, \(format), 0, 0, NULL) ON CONFLICT (id) DO NOTHING;
                COMMIT
                """)
            guard let row = try connection.query("SELECT format, incomplete FROM vc3_position").first,
                let found = row[0].flatMap(Int.init)
            else { throw VC3Error(.internal, "the store has no position row; restore it from a backup") }
            if found > format {
                throw VC3Error(.unavailable, "the store in PostgreSQL was written by a newer release; use that one")
            }
            if row[1] != nil { throw StoreContent.incomplete("PostgreSQL") }
            if let encoding = try connection.query("SHOW server_encoding").first?[0], encoding != "UTF8" {
                throw VC3Error(.unavailable, "the database has encoding \(encoding); make one with ENCODING 'UTF8'")
            }
        }

        /// The text form of an array (postgresql.org/docs/15/arrays.html#ARRAYS-IO).
        static func array(_ elements: some Sequence<String>) -> String {
            var text = "{"
            for element in elements {
                if text.utf8.count > 1 { text += "," }
                text += "\""
                for scalar in element.unicodeScalars {
                    if scalar == "\"" || scalar == "\\" { text += "\\" }
                    text.unicodeScalars.append(scalar)
                }
                text += "\""
            }
            return text + "}"
        }
    }
#endif
