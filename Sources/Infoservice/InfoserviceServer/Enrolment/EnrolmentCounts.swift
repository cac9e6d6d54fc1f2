import NIOConcurrencyHelpers

/// What came of those who asked at the enrolment listener.
final class EnrolmentCounts: Sendable {
    enum Outcome: String, CaseIterable, Sendable {
        /// The authorities were shown.
        case chain
        /// Somebody got a certificate by a code.
        case enrolled
        /// Somebody got certificate and key by one of the original's codes.
        case collected
        /// A code was not good.
        case refused
        /// An address has failed too often to be listened to.
        case limited
        /// Anything else went wrong.
        case failed
    }

    private let counts = NIOLockedValueBox<[Outcome: Int]>([:])

    func note(_ outcome: Outcome) { counts.withLockedValue { $0[outcome, default: 0] += 1 } }

    var all: [(outcome: Outcome, count: Int)] {
        counts.withLockedValue { counts in Outcome.allCases.map { ($0, counts[$0] ?? 0) } }
    }
}
