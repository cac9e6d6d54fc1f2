import ArgumentParser

/// A boolean in the words of the configuration files: `1/yes/true/on` and `0/no/false/off` in any case.
struct Choice: ExpressibleByArgument, Sendable, Equatable {
    let value: Bool

    init?(argument: String) {
        switch argument.lowercased() {
        case "1", "yes", "true", "on": value = true
        case "0", "no", "false", "off": value = false
        default: return nil
        }
    }
}

/// A length of time in whole seconds, given as a number of them or like `12h`.
struct Seconds: ExpressibleByArgument, Sendable, Equatable {
    let value: Int

    init?(argument: String) {
        if let number = Int(argument) {
            value = number
        } else if let span = TimeSpan(argument: argument) {
            value = Int(span.duration.components.seconds)
        } else {
            return nil
        }
    }
}
