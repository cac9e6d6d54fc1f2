extension ValueKind where Value == String {
    /// Any text, including none.
    public static var text: Self {
        Self(allowed: "any text", placeholder: "", parse: { text, _ in text }, render: { $0 })
    }

    /// Text that is not empty.
    public static var nonEmptyText: Self {
        Self(
            allowed: "some text", placeholder: "", parse: { text, _ in text.isEmpty ? nil : text }, render: { $0 })
    }

    /// A password or the like: no message repeats it.
    public static var secret: Self {
        Self(allowed: "the secret", placeholder: "", isSecret: true, parse: { text, _ in text }, render: { $0 })
    }

    /// A path of a file or directory; a leading `~` stands for the home directory of the program's user.
    public static var path: Self {
        Self(
            allowed: "a path; only '~' or '~/' may stand for a home directory", placeholder: "",
            parse: { text, context in
                if text == "~" { return context.homeDirectory }
                if text.hasPrefix("~/") { return context.homeDirectory + text.dropFirst(1) }
                return text.isEmpty || text.hasPrefix("~") || text.contains("\n") ? nil : text
            },
            render: { $0 })
    }

    /// One of a few words, in any case; the value has the spelling of `words`.
    public static func oneOf(_ words: String...) -> Self {
        Self(
            allowed: "one of " + words.joined(separator: ", "), placeholder: words.first ?? "",
            parse: { text, _ in words.first { $0.lowercased() == text.lowercased() } }, render: { $0 })
    }
}

extension ValueKind where Value == Bool {
    /// `1`, `yes`, `true`, `on` and their opposites, in any case.
    public static var boolean: Self {
        Self(
            allowed: "yes or no (or true/false, on/off, 1/0)", placeholder: false,
            parse: { text, _ in
                switch text.lowercased() {
                case "1", "yes", "true", "on": true
                case "0", "no", "false", "off": false
                default: nil
                }
            },
            render: { $0 ? "yes" : "no" })
    }
}

extension ValueKind where Value == Int {
    public static func integer(in range: ClosedRange<Int> = .min ... .max) -> Self {
        let bounds =
            switch (range.lowerBound, range.upperBound) {
            case (.min, .max): ""
            case (let lower, .max): " of at least \(lower)"
            case (.min, let upper): " of at most \(upper)"
            case (let lower, let upper): " from \(lower) to \(upper)"
            }
        return Self(
            allowed: "a whole number" + bounds, placeholder: range.lowerBound,
            parse: { text, _ in Int(text).flatMap { range.contains($0) ? $0 : nil } }, render: { String($0) })
    }
}

extension ValueKind where Value == Double {
    /// A decimal fraction, such as `0.25`.
    public static func number(in range: ClosedRange<Double>) -> Self {
        Self(
            allowed: "a number from \(range.lowerBound) to \(range.upperBound)", placeholder: range.lowerBound,
            parse: { text, _ in Double(text).flatMap { range.contains($0) ? $0 : nil } }, render: { String($0) })
    }
}

extension ValueKind where Value == Duration {
    /// What no program waits for.
    public static var longest: Duration { .seconds(Int64(1) << 40) }

    /// A length of time: a number of seconds, or one with a unit (`90`, `90s`, `15m`, `2h`, `7d`; `250ms` too).
    public static func duration(in range: ClosedRange<Duration> = .zero...longest) -> Self {
        let (least, most) = (DurationText.render(range.lowerBound), DurationText.render(range.upperBound))
        let bounds =
            switch (range.lowerBound, range.upperBound) {
            case (.zero, longest): ""
            case (_, longest): " of at least \(least)"
            default: " from \(least) to \(most)"
            }
        return Self(
            allowed: "a number of seconds\(bounds), or a number with unit: 90s, 15m, 2h, 7d",
            placeholder: range.lowerBound,
            parse: { text, _ in DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil } },
            render: { DurationText.render($0) })
    }
}

extension ValueKind where Value == [String] {
    /// Words separated by commas or newlines; blanks around them and empty ones do not count.
    public static var list: Self {
        Self(
            allowed: "words separated by commas", placeholder: [],
            parse: { text, _ in
                text.split { $0 == "," || $0.isNewline }.map { String($0.trimmingBlanks()) }.filter { !$0.isEmpty }
            },
            render: { $0.joined(separator: ", ") })
    }
}

extension ValueKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// The raw value of one case, in any letter case.
    ///
    /// - Parameter fallback: Any case; needed because a type may have none.
    public static func caseOf(_ type: Value.Type, fallback: Value) -> Self {
        Self(
            allowed: "one of " + type.allCases.map(\.rawValue).joined(separator: ", "), placeholder: fallback,
            parse: { text, _ in Value.allCases.first { $0.rawValue.lowercased() == text.lowercased() } },
            render: { $0.rawValue })
    }
}

extension ValueKind {
    /// As this kind, but an empty value or the word `None` means that nothing is set.
    public var optional: ValueKind<Value?> {
        ValueKind<Value?>(
            allowed: allowed + ", or None", placeholder: nil, isSecret: isSecret,
            parse: { text, context -> Value?? in
                if text.isEmpty || text.lowercased() == "none" { return .some(nil) }
                return parse(text, context).map { .some($0) }
            },
            render: { value in value.map { render($0) } ?? "None" })
    }
}
