import Crypto
import Foundation
import VC3Model

/// The file beside a dump that holds what the original's shape has no room for, and makes commits durable: revisions,
/// times, history, and each batch before the dump shows it.
///
/// Each line is `<16 hexadecimal digits of the SHA-256 of the rest> <JSON>`. The first one is the base, then the entities
/// and the history of that moment, then the batches since.
enum DumpJournal {
    struct Change: Codable {
        var revision: Revision
        var removal: Bool
        var moment: Timestamp
        /// The record's JSON as text, so that it comes back byte for byte.
        var record: String

        init(_ change: StoredChange) {
            (revision, removal, moment) = (change.revision, change.isRemoval, change.moment)
            record = String(decoding: change.body, as: UTF8.self)
        }

        func stored() throws -> StoredChange {
            let body = Data(record.utf8)
            return StoredChange(
                revision: revision, key: try EntityRecord(json: JSONValue(data: body)).key, isRemoval: removal,
                moment: moment, body: body)
        }
    }

    enum Line: Codable {
        case base(revision: Revision, compacted: Revision)
        case entity(String)
        case past(Change)
        case batch(changes: [Change], audit: [AuditEntry], compacted: Revision?)
    }

    /// What a journal says.
    struct Reading {
        var entities: [EntityKey: Data] = [:]
        var history: [StoredChange] = []
        var revision = Revision.zero
        var compacted = Revision.zero
        /// Of the batches since the base, in order.
        var audit: [AuditEntry] = []
        /// Bytes up to the end of the last whole line.
        var length = 0

        mutating func apply(_ changes: [StoredChange], compactingThrough limit: Revision?) {
            for change in changes {
                entities[change.key] = change.isRemoval ? nil : change.body
                revision = change.revision
            }
            history += changes
            if let limit {
                history.removeAll { $0.revision <= limit }
                compacted = limit
            }
        }
    }

    static func bytes(of line: Line) throws -> Data {
        let json = try JSONValue.encoder().encode(line)
        return Data("\(checksum(json)) ".utf8) + json + Data("\n".utf8)
    }

    static func bytes(of reading: Reading) throws -> Data {
        var text = try bytes(of: .base(revision: reading.revision, compacted: reading.compacted))
        for (_, body) in reading.entities.sorted(by: { $0.key < $1.key }) {
            text += try bytes(of: .entity(String(decoding: body, as: UTF8.self)))
        }
        for change in reading.history { text += try bytes(of: .past(Change(change))) }
        return text
    }

    /// A last line that is not whole was never acknowledged, and does not count.
    ///
    /// - Throws: `DumpDocument.Unreadable` when a line before the last is damaged.
    static func read(_ text: Data) throws -> Reading {
        var reading = Reading()
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where !line.isEmpty {
            guard let parsed = parse(line), line.endIndex < text.endIndex else {
                if number >= lines.count - 2, number > 0 { break }
                throw DumpDocument.Unreadable("line \(number + 1) is damaged")
            }
            do { try reading.add(parsed, isFirst: number == 0) } catch {
                throw DumpDocument.Unreadable("line \(number + 1): \(error)")
            }
            reading.length = line.endIndex - text.startIndex + 1
        }
        if reading.length == 0 { throw DumpDocument.Unreadable("it has no first line") }
        return reading
    }

    private static func parse(_ line: Data) -> Line? {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard parts.count == 2, Data(parts[0]) == Data(checksum(Data(parts[1])).utf8) else { return nil }
        return try? JSONDecoder().decode(Line.self, from: Data(parts[1]))
    }

    private static func checksum(_ bytes: Data) -> String {
        SHA256.hash(data: bytes).prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 0xf, radix: 16) }.joined()
    }
}

extension DumpJournal.Reading {
    fileprivate mutating func add(_ line: DumpJournal.Line, isFirst: Bool) throws {
        switch line {
        case .base(let revision, let compacted):
            guard isFirst else { throw DumpDocument.Unreadable("a second base") }
            (self.revision, self.compacted) = (revision, compacted)
        case .entity(let text):
            let body = Data(text.utf8)
            entities[try EntityRecord(json: JSONValue(data: body)).key] = body
        case .past(let change): history.append(try change.stored())
        case .batch(let changes, let audit, let compacted):
            apply(try changes.map { try $0.stored() }, compactingThrough: compacted)
            self.audit += audit
        }
    }
}
