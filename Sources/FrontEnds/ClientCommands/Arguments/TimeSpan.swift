import ArgumentParser

/// A length of time as people write it: `30s`, `10m`, `6h`, `2d`, or several of them, `1d12h`.
struct TimeSpan: ExpressibleByArgument, Sendable, Equatable {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        var seconds = 0
        var digits = ""
        var remaining: [Character: Int] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
        for character in argument {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = remaining.removeValue(forKey: character), let number = Int(digits) else { return nil }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: unit)
            let (sum, sumTooLarge) = seconds.addingReportingOverflow(product)
            guard !tooLarge, !sumTooLarge, sum < 100 * 366 * 86_400 else { return nil }
            seconds = sum
            digits = ""
        }
        guard digits.isEmpty, seconds > 0 else { return nil }
        duration = .seconds(seconds)
    }

    var defaultValueDescription: String { TimeSpan.text(duration) }

    /// The two largest units, e.g. `1d12h`, `4m30s`, `0s`.
    static func text(_ duration: Duration) -> String {
        var seconds = max(0, Int(duration.components.seconds))
        var parts: [String] = []
        for (unit, length) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] where parts.count < 2 {
            if seconds >= length { parts.append("\(seconds / length)\(unit)") } else if !parts.isEmpty { break }
            seconds %= length
        }
        return parts.isEmpty ? "0s" : parts.joined()
    }
}
