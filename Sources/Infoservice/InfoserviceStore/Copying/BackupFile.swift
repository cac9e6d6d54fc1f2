import Crypto
import Foundation
import VC3Model

/// A backup: lines of JSON, UTF-8. Its format is documented in docs/backup-format.md.
enum BackupFile {
    static let format = "vc3-backup"
    static let version = 1

    private struct Header: Codable {
        var format: String
        var version: Int
        var created: Timestamp
        var revision: Revision
        var compacted: Revision
        var entities: Int
        var changes: Int
        var audit: Int
    }

    private struct ChangeLine: Codable {
        var revision: Revision
        var removal: Bool
        var moment: Timestamp
        /// The record's JSON as text, so that it comes back byte for byte.
        var record: String
    }

    private struct Footer: Codable { var sha256: String }

    /// Makes the file, mode 0600; it is whole or absent at every moment.
    @concurrent
    static func write(_ content: StoreContent, to path: String, at moment: Timestamp) async throws {
        let encoder = JSONValue.encoder()
        var text = Data()
        func line(_ bytes: Data) {
            text.append(bytes)
            text.append(UInt8(ascii: "\n"))
        }
        let state = content.state
        line(
            try encoder.encode(
                Header(
                    format: format, version: version, created: moment, revision: state.revision,
                    compacted: state.compacted, entities: state.entities.count, changes: state.history.count,
                    audit: content.audit.count)))
        for entity in state.entities { line(entity) }
        for change in state.history {
            line(
                try encoder.encode(
                    ChangeLine(
                        revision: change.revision, removal: change.isRemoval, moment: change.moment,
                        record: String(decoding: change.body, as: UTF8.self))))
        }
        for entry in content.audit { line(Data(try entry.jsonBytes())) }
        line(try encoder.encode(Footer(sha256: checksum(text))))
        let complete = text
        try await OffPool.run { try AtomicFile.create(path, complete) }
    }

    /// - Throws: ``VC3Error`` `invalid` saying what is wrong with the file.
    @concurrent
    static func read(_ path: String) async throws -> StoreContent {
        let text = try await OffPool.run {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw VC3Error(.invalid, "cannot read backup '\(path)': \(String(cString: strerror(errno)))")
            }
            return bytes
        }
        func broken(_ reason: String) -> VC3Error { VC3Error(.invalid, "'\(path)' is not a whole backup: \(reason)") }
        let lines = text.split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first, let header = try? JSONDecoder().decode(Header.self, from: first),
            header.format == format
        else { throw broken("it does not begin with the header of one") }
        guard header.version == version else { throw broken("version \(header.version) needs a newer release") }
        guard lines.count > 1, let last = lines.last, text.last == UInt8(ascii: "\n"),
            let footer = try? JSONDecoder().decode(Footer.self, from: last)
        else { throw broken("its end is missing") }
        guard checksum(text[..<last.startIndex]) == footer.sha256 else { throw broken("its checksum differs") }
        guard lines.count == header.entities + header.changes + header.audit + 2 else {
            throw broken("it has \(lines.count) lines, which is not what its header says")
        }
        let entities = lines.dropFirst().prefix(header.entities)
        let changes = lines.dropFirst(1 + header.entities).prefix(header.changes)
        let audit = lines.dropFirst(1 + header.entities + header.changes).dropLast()
        do {
            let decoder = JSONDecoder()
            return StoreContent(
                state: StoredState(
                    entities: entities.map { Data($0) }, history: try changes.map { try change(Data($0)) },
                    revision: header.revision, compacted: header.compacted),
                audit: try audit.map { try decoder.decode(AuditEntry.self, from: Data($0)) })
        } catch { throw broken("\(error)") }
    }

    private static func change(_ line: Data) throws -> StoredChange {
        let change = try JSONDecoder().decode(ChangeLine.self, from: line)
        let body = Data(change.record.utf8)
        return StoredChange(
            revision: change.revision, key: try EntityRecord(json: JSONValue(data: body)).key,
            isRemoval: change.removal, moment: change.moment, body: body)
    }

    private static func checksum(_ bytes: Data) -> String {
        SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 0xf, radix: 16) }.joined()
    }
}
