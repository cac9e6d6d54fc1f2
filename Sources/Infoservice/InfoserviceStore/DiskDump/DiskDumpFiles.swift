import Foundation
import VC3Model

/// The files of a dump. All calls wait for the disk.
struct DiskDumpFiles: Sendable {
    let dump: String
    var journal: String { dump + ".journal" }
    var audit: String { dump + ".audit" }
    /// There while a copy fills the store.
    var incomplete: String { dump + ".incomplete" }

    init(path: String) { dump = path }

    /// The flat form that the dump shows of a stored record, secrets sealed.
    static func flat(_ body: Data) throws -> [String: JSONValue] {
        let record = try EntityRecord(json: JSONValue(data: body))
        return FlatForm.of(record.metadata.kind).flat(record)
    }

    /// Adds a second name, `<file>.<word>.<YYYYmmdd.HHMMSS>`, which survives whatever happens to the first.
    ///
    /// The time is that of the file's last change, so that doing it again makes no third name.
    @discardableResult
    static func keepAside(_ path: String, as word: String) throws -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw AtomicFile.failure("read", path) }
        let moment = Timestamp(milliseconds: Int64(status.st_mtim.tv_sec) * 1000).description
        let digits = moment.prefix(19).filter(\.isNumber)
        let aside = "\(path).\(word).\(digits.prefix(8)).\(digits.suffix(6))"
        guard link(path, aside) == 0 || errno == EEXIST else { throw AtomicFile.failure("keep aside", path) }
        return aside
    }

    // MARK: Audit

    static func trail(_ path: String) throws -> [AuditEntry] {
        guard let text = FileManager.default.contents(atPath: path) else {
            if access(path, F_OK) != 0 { return [] }
            throw AtomicFile.failure("read", path)
        }
        let whole = text.prefix(through: text.lastIndex(of: UInt8(ascii: "\n")) ?? text.startIndex)
        let decoder = JSONDecoder()
        return try whole.split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(AuditEntry.self, from: Data($0))
        }
    }

    static func append(_ entries: [AuditEntry], toAudit path: String) throws {
        if entries.isEmpty { return }
        let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw AtomicFile.failure("open", path) }
        defer { close(file) }
        let text = try text(of: entries)
        let length = lseek(file, 0, SEEK_END)
        do { try AtomicFile.append(text, to: file, path) } catch {
            ftruncate(file, length)
            throw error
        }
    }

    static func expire(_ expiry: AuditExpiry, inAudit path: String) throws {
        let trail = try trail(path)
        let rest = trail.filter { $0.revision > expiry.through && $0.time >= expiry.before }
        if rest.count == trail.count { return }
        try AtomicFile.replace(path, text(of: rest))
    }

    private static func text(of entries: [AuditEntry]) throws -> Data {
        try entries.reduce(into: Data()) { $0 += try $1.jsonBytes() + [UInt8(ascii: "\n")] }
    }
}
