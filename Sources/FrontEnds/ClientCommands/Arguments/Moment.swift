import ArgumentParser
import VC3Model

/// A time to come: a date in UTC, or so long from now.
enum Moment: ExpressibleByArgument, Sendable, Equatable {
    case at(Timestamp)
    case after(TimeSpan)

    init?(argument: String) {
        if argument.first == "+" {
            guard let span = TimeSpan(argument: String(argument.dropFirst())) else { return nil }
            self = .after(span)
        } else if let moment = Timestamp(argument) {
            self = .at(moment)
        } else {
            return nil
        }
    }

    /// - Throws: ``ClientFailure`` when the moment is not after `now`.
    func timestamp(after now: Timestamp) throws -> Timestamp {
        switch self {
        case .after(let span):
            return now + span.duration
        case .at(let moment):
            guard moment > now else {
                throw ClientFailure(
                    exitCode: ExitCodes.unusable, message: "--expiration \(moment) is in the past; it is \(now) now",
                    advice: "times are UTC; give a later one, or one from now such as +6h")
            }
            return moment
        }
    }
}
