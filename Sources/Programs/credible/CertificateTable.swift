import Credible
import Foundation
import VC3Certificates

/// Issued certificates in columns.
struct CertificateTable {
    private let issued: [IssuedCertificate]
    private let now: Date

    init(_ issued: [IssuedCertificate], at now: Date) {
        (self.issued, self.now) = (issued, now)
    }

    func text(for screen: Screen) -> String {
        let header = ["STATUS", "UNTIL", "SERIAL", "HOLDER"]
        let rows = issued.map { certificate in
            [
                certificate.status.rawValue, certificate.notAfter.formatted(.iso8601.year().month().day()),
                certificate.serial, certificate.identity?.description ?? certificate.subject,
            ]
        }
        let widths = header.indices.dropLast().map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([(header, nil)] + zip(rows, issued.map(color)).map { ($0, $1) }).map { row, color in
            line(row, widths, color, screen)
        }.joined(separator: "\n")
    }

    private func line(_ row: [String], _ widths: [Int], _ color: String?, _ screen: Screen) -> String {
        var cells = row
        for (column, width) in widths.enumerated() {
            cells[column] += String(repeating: " ", count: max(0, width - cells[column].count))
        }
        if let width = screen.width {
            // Only the last column is cut: without its serial number a certificate cannot be taken back.
            let room = max(8, width - widths.reduce(0) { $0 + $1 + 2 })
            if let last = cells.last, last.count > room { cells[cells.count - 1] = last.prefix(room - 1) + "…" }
        }
        if let color, screen.isColoured { cells[1] = "\u{1b}[\(color)m\(cells[1])\u{1b}[0m" }
        return cells.joined(separator: "  ")
    }

    private func color(of certificate: IssuedCertificate) -> String? {
        guard certificate.status == .valid else { return "31" }
        return certificate.notAfter.timeIntervalSince(now) < 30 * 86_400 ? "33" : nil
    }
}

/// What standard output is shown on.
struct Screen {
    /// Columns; `nil` when nobody looks, so that nothing is cut.
    var width: Int?
    var isColoured: Bool

    static func standardOutput() -> Screen {
        guard isatty(STDOUT_FILENO) == 1 else { return Screen(width: nil, isColoured: false) }
        let environment = ProcessInfo.processInfo.environment
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Screen(
            width: isKnown ? Int(size.ws_col) : 80,
            isColoured: (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb")
    }
}
