extension Timestamp {
    /// Reads the one form that ``description`` writes, `2026-11-22T13:45:00.123Z`; `nil` for every other text.
    ///
    /// A start reads two or three of these for each entity at rest, for which the general parser is too slow.
    static func reading(ownForm text: String) -> Timestamp? {
        var text = text
        let milliseconds = text.withUTF8 { utf8 -> Int64? in
            guard utf8.count == 24, Self.separators.allSatisfy({ utf8[$0.place] == $0.byte }),
                let year = Self.digits(utf8, 0, 4), let month = Self.digits(utf8, 5, 2),
                let day = Self.digits(utf8, 8, 2), let hour = Self.digits(utf8, 11, 2),
                let minute = Self.digits(utf8, 14, 2), let second = Self.digits(utf8, 17, 2),
                let fraction = Self.digits(utf8, 20, 3),
                (1...12).contains(month), (1...28).contains(day) || day <= Self.days(in: month, of: year) && day > 0,
                hour < 24, minute < 60, second < 60
            else { return nil }
            let days = Self.days(before: year, month, day)
            return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction
        }
        return milliseconds.map { Timestamp(milliseconds: $0) }
    }

    private static let separators: [(place: Int, byte: UInt8)] = [
        (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: "T")), (13, UInt8(ascii: ":")),
        (16, UInt8(ascii: ":")), (19, UInt8(ascii: ".")), (23, UInt8(ascii: "Z")),
    ]

    private static func digits(_ utf8: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for byte in utf8[start..<start + count] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that leap days come last.
    private static func days(before year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let monthFromMarch = month <= 2 ? month + 9 : month - 3
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let (era, yearOfEra) = (year / 400, year % 400)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
