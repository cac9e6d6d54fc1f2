import Foundation
import VC3Certificates

/// The record of everything an authority has signed and taken back, in the format of OpenSSL's `index.txt`: status (`V`
/// or `R`), end of validity, time and reason of revocation, serial number, file, subject, separated by tabs.
///
/// Lines are only ever appended, and appended before the certificate leaves the authority: whatever is in use is listed.
/// A certificate with an `R` line is revoked, whatever other lines it has.
struct IssuanceLog {
    /// One line.
    struct Entry {
        let isRevocation: Bool
        let notAfter: String
        let revocation: Substring.UTF8View
        let serial: String
        let subject: String
    }

    let path: String
    private let text: String

    init(_ backend: any StorageBackend, _ path: String) throws {
        self.path = path
        text = try backend.text(at: path) ?? ""
    }

    static func line(issued serial: String, until end: Date, to subject: String) -> String {
        line("V", end, revocation: "", serial, subject)
    }

    static func line(issued certificate: CertificateDocument) -> String {
        line(issued: certificate.serial, until: certificate.notAfter, to: certificate.subject)
    }

    static func line(
        revoked certificate: CertificateDocument, at date: Date, _ reason: RevocationList.Reason
    ) -> String {
        let revocation = "\(IndexTime.text(of: date)),\(reason.name)"
        return line("R", certificate.notAfter, revocation: revocation, certificate.serial, certificate.subject)
    }

    /// Takes back what `entry` says was signed.
    static func line(revoking entry: Entry, at date: Date) -> String {
        let revocation = "\(IndexTime.text(of: date)),\(RevocationList.Reason.unspecified.name)"
        return ["R", entry.notAfter, revocation, entry.serial, "unknown", entry.subject].joined(separator: "\t") + "\n"
    }

    /// Everything taken back so far, in the order of the log.
    func revocations() throws -> [RevocationList.Entry] {
        var entries: [RevocationList.Entry] = []
        var serials: Set<String> = []
        for entry in self.entries() where entry.isRevocation {
            let revocation = entry.revocation.split(separator: UInt8(ascii: ","))
            guard let date = revocation.first.flatMap({ IndexTime.date(of: String($0) ?? "") }) else {
                throw CredibleError(
                    .damaged, "'\(path)' has no readable time of revocation for serial \(entry.serial); mend that line")
            }
            let reason = revocation.dropFirst().first.flatMap { RevocationList.Reason(name: String($0) ?? "") }
            guard serials.insert(entry.serial).inserted else { continue }
            entries.append(
                RevocationList.Entry(serial: entry.serial, date: date, reason: reason ?? .unspecified))
        }
        return entries
    }

    /// All whole lines; one that a crash has cut is no entry.
    func entries() -> [Entry] {
        // By bytes: character by character, a hundred thousand lines would take seconds.
        text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard fields.count == 6, let status = fields[0].first, let serial = String(fields[3]),
                let end = String(fields[1]), let subject = String(fields[5])
            else { return nil }
            return Entry(
                isRevocation: status == UInt8(ascii: "R"), notAfter: end, revocation: fields[2], serial: serial,
                subject: subject)
        }
    }

    private static func line(
        _ status: String, _ end: Date, revocation: String, _ serial: String, _ subject: String
    ) -> String {
        let fields = [status, IndexTime.text(of: end), revocation, serial, "unknown", subject]
        return fields.joined(separator: "\t") + "\n"
    }
}
