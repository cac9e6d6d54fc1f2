import Foundation
import VC3Certificates

/// The record of everything an authority has signed, in the format of OpenSSL's `index.txt`: status, end of validity,
/// revocation, serial number, file, subject, separated by tabs.
///
/// Lines are only ever appended, and appended before the certificate leaves the authority: whatever is in use is listed.
struct IssuanceLog {
    let path: String

    /// Adds one line and waits until it is on disk.
    func append(_ certificate: CertificateDocument) throws {
        let line = "V\t\(Self.time(certificate.notAfter))\t\t\(certificate.serial)\tunknown\t\(certificate.subject)\n"
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

    /// `YYMMDDHHMMSSZ` up to 2049, then with a year of four digits (RFC 5280, section 4.1.2.5).
    static func time(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let year = parts.year ?? 0
        func two(_ number: Int?) -> String { String(((number ?? 0) % 100) + 100).suffix(2).description }
        let digits = [parts.month, parts.day, parts.hour, parts.minute, parts.second].map(two).joined()
        return (year < 2050 ? two(year) : String(year)) + digits + "Z"
    }

    private func failure(_ action: String) -> CredibleError {
        let number = errno
        return CredibleError(.system(number), "cannot \(action) '\(path)': \(String(cString: strerror(number)))")
    }
}
