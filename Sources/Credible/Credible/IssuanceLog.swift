import Foundation
import VC3Certificates

/// The record of everything an authority has signed and taken back, in the format of OpenSSL's `index.txt`: status (`V`
/// or `R`), end of validity, time and reason of revocation, serial number, file, subject, separated by tabs.
///
/// Lines are only ever appended, and appended before the certificate leaves the authority: whatever is in use is listed.
/// A certificate with an `R` line is revoked, whatever other lines it has.
struct IssuanceLog {
    let path: String

    /// Notes that the certificate is about to be given out, and waits until that is on disk.
    func append(issued certificate: CertificateDocument) throws {
        try append("V", certificate, revocation: "")
    }

    /// Notes that the certificate is taken back, and waits until that is on disk.
    func append(revoked certificate: CertificateDocument, at date: Date, _ reason: RevocationList.Reason) throws {
        try append("R", certificate, revocation: "\(IndexTime.text(of: date)),\(reason.name)")
    }

    /// Everything taken back so far, in the order of the log.
    func revocations() throws -> [RevocationList.Entry] {
        var entries: [RevocationList.Entry] = []
        for line in try (StoredText.read(path) ?? "").split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 6, fields[0] == "R" else { continue }
            let revocation = fields[2].split(separator: ",")
            guard let date = revocation.first.flatMap({ IndexTime.date(of: String($0)) }) else {
                throw CredibleError(
                    .damaged, "'\(path)' has no readable time of revocation for serial \(fields[3]); mend that line")
            }
            let reason = revocation.dropFirst().first.flatMap { RevocationList.Reason(name: String($0)) }
            let entry = RevocationList.Entry(serial: String(fields[3]), date: date, reason: reason ?? .unspecified)
            if !entries.contains(where: { $0.serial == entry.serial }) { entries.append(entry) }
        }
        return entries
    }

    private func append(_ status: String, _ certificate: CertificateDocument, revocation: String) throws {
        let end = IndexTime.text(of: certificate.notAfter)
        let fields = [status, end, revocation, certificate.serial, "unknown", certificate.subject]
        let line = fields.joined(separator: "\t") + "\n"
        let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("open") }
        defer { close(file) }
        // A crash may have cut the last line; the new one must not continue it.
        let bytes = Array(((try endsInsideLine(file)) ? "\n" + line : line).utf8)
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else { throw failure("extend") }
    }

    private func endsInsideLine(_ file: Int32) throws -> Bool {
        let end = lseek(file, 0, SEEK_END)
        guard end > 0 else { return false }
        var last: UInt8 = 0
        guard pread(file, &last, 1, end - 1) == 1 else { throw failure("read") }
        return last != UInt8(ascii: "\n")
    }

    private func failure(_ action: String) -> CredibleError {
        let number = errno
        return CredibleError(.system(number), "cannot \(action) '\(path)': \(String(cString: strerror(number)))")
    }
}
