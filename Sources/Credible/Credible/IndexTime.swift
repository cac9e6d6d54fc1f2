import Foundation
import VC3Certificates

/// Time as `index.txt` has it: `YYMMDDHHMMSSZ` up to 2049, then with a year of four digits (RFC 5280, section 4.1.2.5).
enum IndexTime {
    static func text(of date: Date) -> String {
        let time = CivilTime(date)
        let rest = [time.month, time.day, time.hour, time.minute, time.second].map(twoDigits).joined()
        return (time.year < 2050 ? twoDigits(time.year % 100) : String(time.year)) + rest + "Z"
    }

    static func date(of text: String) -> Date? {
        let bytes = Array(text.utf8)
        let yearDigits = bytes.count == 13 ? 2 : 4
        guard bytes.count == yearDigits + 11, bytes.last == UInt8(ascii: "Z") else { return nil }
        var digits: [Int] = []
        for byte in bytes.dropLast() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            digits.append(Int(byte - UInt8(ascii: "0")))
        }
        let parts = stride(from: yearDigits, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
        let year = digits.prefix(yearDigits).reduce(0) { $0 * 10 + $1 }
        guard (1...12).contains(parts[0]), (1...31).contains(parts[1]), parts[2] < 24, parts[3] < 60, parts[4] < 61
        else { return nil }
        return CivilTime(
            year: yearDigits == 2 ? (year < 50 ? 2000 : 1900) + year : year, month: parts[0], day: parts[1],
            hour: parts[2], minute: parts[3], second: parts[4]
        ).date
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
