import Foundation

/// Time as `index.txt` has it: `YYMMDDHHMMSSZ` up to 2049, then with a year of four digits (RFC 5280, section 4.1.2.5).
enum IndexTime {
    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }

    static func text(of date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let year = parts.year ?? 0
        let rest = [parts.month, parts.day, parts.hour, parts.minute, parts.second].map { twoDigits($0 ?? 0) }.joined()
        return (year < 2050 ? twoDigits(year % 100) : String(year)) + rest + "Z"
    }

    static func date(of text: String) -> Date? {
        let yearDigits = text.count == 13 ? 2 : 4
        let digits = text.dropLast().compactMap(\.wholeNumberValue)
        guard text.last == "Z", digits.count == yearDigits + 10, text.count == digits.count + 1 else { return nil }
        let numbers = stride(from: yearDigits, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
        let year = digits.prefix(yearDigits).reduce(0) { $0 * 10 + $1 }
        return calendar.date(
            from: DateComponents(
                year: yearDigits == 2 ? (year < 50 ? 2000 : 1900) + year : year, month: numbers[0], day: numbers[1],
                hour: numbers[2], minute: numbers[3], second: numbers[4]))
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
