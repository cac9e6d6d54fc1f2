import BatchSystems
import VC3Commands
import VC3Model

extension SiteFailure {
    /// A command that has no result.
    ///
    /// - Parameter hostKeyAdvice: What to do about another host key than before; `nil`: what holds for allocations.
    init(_ error: CommandError, hostKeyAdvice: String? = nil) {
        let word = error.reason.rawValue
        let mender: Condition.Mender =
            switch error.reason {
            case .authenticationRefused, .loginNeeded, .hostKeyChanged, .hostKeyUnknown, .accountRefused, .loginScript:
                .user
            case .notFound, .outputTooLarge, .commandTooLong, .localFailure: .operator
            case .timedOut, .unreachable, .connectionLost, .sessionRefused, .cancelled: .nobody
            }
        let step =
            switch error.reason {
            case .hostKeyChanged where hostKeyAdvice != nil, .hostKeyUnknown where hostKeyAdvice != nil:
                "; \(hostKeyAdvice ?? "")"
            case .hostKeyChanged:
                "; validate the allocation: that shows both keys and tells how to vouch for the new one"
            case .hostKeyUnknown: "; validate the allocation"
            case .loginNeeded: "; the allocation's owner logs in with vc3 site-login"
            case .accountRefused: "; ask the site whether the account is open"
            default: ""
            }
        self.init(
            reason: word.prefix(1).uppercased() + word.dropFirst(), message: error.message + step, mender: mender,
            isOurs: error.reason == .localFailure, outcomeUnknown: error.outcomeUnknown, retryAfter: error.retryAfter)
    }

    /// A script that did not come to its end: the site answered, but something there does not work.
    init(_ action: String, _ result: CommandResult) {
        let words = result.errorOutput.split(separator: "\n").suffix(3).joined(separator: "; ")
        let trouble = HomeTrouble.found(in: words)
        self.init(
            reason: trouble?.reason ?? "SiteFailed",
            message: "cannot \(action): \(words.isEmpty ? "it ended with \(result.status)" : words)"
                + (trouble.map { "; " + $0.advice } ?? ""),
            mender: trouble?.mender ?? .operator, wasAnswered: true)
    }

    /// A batch system whose reply says nothing.
    init(_ error: BatchSystemError) {
        let word = "BatchSystem" + error.reason.rawValue.prefix(1).uppercased() + error.reason.rawValue.dropFirst()
        self.init(
            reason: word, message: error.message, mender: error.reason == .unavailable ? .nobody : .operator,
            wasAnswered: true)
    }
}
