import Foundation
import GRDB
import GRDBSQLite

/// GRDB boxes each value that it hands to a statement, which costs several times what SQLite itself takes to insert a
/// row. What every commit runs, and what a start reads for each entity, goes to the statement directly.
extension Statement {
    /// Runs a statement that answers no rows.
    func run(_ bind: (inout SQLiteArguments) -> Void) throws {
        var arguments = SQLiteArguments(statement: sqliteStatement)
        bind(&arguments)
        defer { sqlite3_reset(sqliteStatement) }
        let code = sqlite3_step(sqliteStatement)
        guard code == SQLITE_DONE else { throw failure(code) }
    }

    /// Hands each row to `body`.
    func rows(_ bind: (inout SQLiteArguments) -> Void = { _ in }, _ body: (SQLiteColumns) throws -> Void) throws {
        var arguments = SQLiteArguments(statement: sqliteStatement)
        bind(&arguments)
        defer { sqlite3_reset(sqliteStatement) }
        while true {
            switch sqlite3_step(sqliteStatement) {
            case SQLITE_ROW: try body(SQLiteColumns(statement: sqliteStatement))
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: sqlite3_db_handle(sqliteStatement).map { String(cString: sqlite3_errmsg($0)) }, sql: sql)
    }
}

/// The arguments of a statement, from left to right.
struct SQLiteArguments {
    private let statement: OpaquePointer
    private var place: Int32 = 0

    init(statement: OpaquePointer) { self.statement = statement }

    /// SQLITE_TRANSIENT, a cast that C headers do not export: SQLite copies what it is given.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    mutating func integer(_ value: Int64?) {
        place += 1
        if let value { sqlite3_bind_int64(statement, place, value) } else { sqlite3_bind_null(statement, place) }
    }

    mutating func text(_ value: String?) {
        place += 1
        guard var value else {
            sqlite3_bind_null(statement, place)
            return
        }
        value.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { text in
                // Without an address SQLite takes an empty text for null.
                guard let address = text.baseAddress, !text.isEmpty else {
                    return _ = sqlite3_bind_text(statement, place, "", 0, Self.copied)
                }
                sqlite3_bind_text(statement, place, address, Int32(text.count), Self.copied)
            }
        }
    }

    mutating func blob(_ value: Data) {
        place += 1
        value.withUnsafeBytes { bytes in
            _ = sqlite3_bind_blob(statement, place, bytes.baseAddress, Int32(bytes.count), Self.copied)
        }
    }
}

/// The columns of one row, counted from 0.
struct SQLiteColumns {
    private let statement: OpaquePointer

    init(statement: OpaquePointer) { self.statement = statement }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func optionalInteger(_ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : integer(column)
    }

    func text(_ column: Int32) -> String { optionalText(column) ?? "" }

    func optionalText(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(statement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func data(_ column: Int32) -> Data {
        guard let bytes = sqlite3_column_blob(statement, column) else { return Data() }
        return Data(bytes: bytes, count: Int(sqlite3_column_bytes(statement, column)))
    }
}
