import VC3Commands
import VC3Model

extension AllocationReconciler {
    /// Says what a failed login means and who can mend it.
    func finding(
        _ error: CommandError, host: String, port: Int, account: String, pinned: PinnedHostKey
    ) async -> Finding {
        switch error.reason {
        case .authenticationRefused:
            return .refused(
                reason: "AuthenticationRefused",
                message: "\(host) does not accept the key for account \(account); check the account name and that the "
                    + "line shown as pubtoken is in its ~/.ssh/authorized_keys, then validate again",
                mender: .user)
        case .accountRefused:
            return .refused(
                reason: "AccountRefused",
                message: "\(host) accepts the key, but account \(account) cannot run commands: \(error.message)",
                mender: .operator)
        case .hostKeyChanged, .hostKeyUnknown:
            return await changedHostKey(host: host, port: port, pinned: pinned)
        case .notFound, .commandTooLong, .outputTooLarge:
            return .refused(
                reason: "CommandFailed", message: "the check cannot run at \(host): \(error.message)", mender: .operator
            )
        case .timedOut, .unreachable, .connectionLost, .sessionRefused, .localFailure, .cancelled:
            return .noAnswer("\(host) does not answer: \(error.message)")
        }
    }

    private func changedHostKey(host: String, port: Int, pinned: PinnedHostKey) async -> Finding {
        let shown = try? await login.hostKey(host: host, port: port)
        let old = await fingerprint(pinned)
        var new = "another key"
        var line = ""
        if let shown {
            new = await fingerprint(shown)
            line = ": \(shown.line)"
        }
        return .refused(
            reason: "HostKeyChanged",
            message: "\(host) shows host key \(new) instead of the recorded \(old); nothing was sent to it. Ask the "
                + "operator of \(host); if the change is right, set the allocation's hostkey to the new line\(line)",
            mender: .user)
    }

    private func fingerprint(_ key: PinnedHostKey) async -> String {
        HostKeyFingerprint.of(key) ?? key.type
    }
}
