/// The text form of durations in configuration files.
enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// - Returns: `nil` for text without a number, with an unknown unit, or beyond what fits.
    static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count).trimmingBlanks().lowercased()
        guard let number = Int64(digits),
            let unit = units.first(where: { $0.suffix == (suffix.isEmpty ? "s" : suffix) })
        else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        return overflow ? nil : .milliseconds(milliseconds)
    }

    /// Whole seconds without a unit, as the keys of the admin guide are written.
    static func render(_ duration: Duration) -> String {
        let (seconds, fraction) = duration.components
        return fraction == 0 ? String(seconds) : "\(seconds * 1000 + fraction / 1_000_000_000_000_000)ms"
    }
}
