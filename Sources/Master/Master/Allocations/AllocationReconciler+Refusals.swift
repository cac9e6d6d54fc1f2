import VC3Commands
import VC3Model

extension AllocationReconciler {
    static let refusedLogin = "AuthenticationRefused"

    /// Says what a failed login means and who can mend it.
    func finding(_ error: CommandError, at endpoint: SSHEndpoint, allocation: String) async -> Finding {
        let host = endpoint.target.host
        let account = endpoint.target.user
        let hop = endpoint.gateway.map { " (or its gateway \($0.host))" } ?? ""
        switch error.reason {
        case .authenticationRefused:
            return .refused(
                reason: Self.refusedLogin,
                message:
                    "\(host)\(hop) does not accept the key for account \(account); check the account name and that the "
                    + "line shown as pubtoken is in its ~/.ssh/authorized_keys, then validate again",
                mender: .user)
        case .loginNeeded: return .refused(reason: "LoginNeeded", message: error.message, mender: .user)
        case .accountRefused:
            return .refused(
                reason: "AccountRefused",
                message: "\(host) accepts the key, but account \(account) cannot run commands: \(error.message)",
                mender: .operator)
        case .loginScript:
            return .refused(reason: "LoginScript", message: error.message, mender: .user)
        case .hostKeyChanged, .hostKeyUnknown:
            return await changedHostKey(endpoint, allocation: allocation)
        case .notFound, .commandTooLong, .outputTooLarge:
            return .refused(
                reason: "CommandFailed", message: "the check cannot run at \(host): \(error.message)", mender: .operator
            )
        case .timedOut, .unreachable, .connectionLost, .sessionRefused, .localFailure, .cancelled:
            return .noAnswer("\(host) does not answer: \(error.message)")
        }
    }
}
