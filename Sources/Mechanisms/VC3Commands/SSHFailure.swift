/// What ssh(1) tells us about failures, in one place.
enum SSHFailure {
    struct Text: Sendable {
        let text: String
        let reason: CommandError.Reason
        let advice: String
    }

    /// What the OpenSSH client (9.2) writes when it cannot log in; the first that occurs decides.
    static let connecting: [Text] = [
        // "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @"
        Text(
            text: "REMOTE HOST IDENTIFICATION HAS CHANGED", reason: .hostKeyChanged,
            advice: "the host shows another key than the pinned one; accept the new key only if its owner announced it"),
        // "No ED25519 host key is known for vc3-target and you have requested strict checking." and then:
        Text(
            text: "Host key verification failed", reason: .hostKeyChanged,
            advice: "the host shows no key of the pinned type; accept a new key only if its owner announced it"),
        // "ana@host: Permission denied (publickey,password)."
        Text(
            text: "Permission denied (", reason: .authenticationRefused,
            advice: "the host does not accept this key for this user; add the allocation's public key to the account"),
        // "Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures"
        Text(
            text: "Too many authentication failures", reason: .authenticationRefused,
            advice: "the host does not accept this key for this user; add the allocation's public key to the account"),
        // "Load key \"…\": error in libcrypto" (not a key, or damaged) precedes the refusal of a login without key.
        Text(text: "error in libcrypto", reason: .authenticationRefused, advice: "the private key is unreadable"),
        // "ssh: Could not resolve hostname nowhere: Name or service not known"
        Text(text: "Could not resolve hostname", reason: .unreachable, advice: "the host's name is unknown"),
        // "ssh: connect to host 10.0.0.1 port 22: Connection refused" (… timed out, No route to host, …)
        Text(text: "ssh: connect to host", reason: .unreachable, advice: "the host does not answer"),
        // "Connection timed out during banner exchange"
        Text(text: "timed out", reason: .unreachable, advice: "the host does not answer"),
        // "channel 0: open failed: connect failed: Connection refused", "stdio forwarding failed"
        Text(
            text: "stdio forwarding failed", reason: .unreachable,
            advice: "the gateway cannot reach the host or does not forward connections"),
        // "No user exists for uid 12345"
        Text(text: "No user exists for uid", reason: .localFailure, advice: "this machine's user has no passwd entry"),
        // "kex_exchange_identification: Connection closed by remote host", "Connection reset by 10.0.0.1 port 22"
        Text(text: "Connection closed", reason: .unreachable, advice: "the host hangs up on us"),
        Text(text: "Connection reset", reason: .unreachable, advice: "the host hangs up on us"),
    ]

    /// "mux_client_request_session: session request failed: Session open refused by peer"
    static let sessionRefused = "Session open refused by peer"
    /// "mux_client_request_session: read from master failed: Broken pipe": it may have passed the command on before.
    static let masterDied = "read from master failed"
    /// "Can't open user config file …/config: No such file or directory": somebody has logged out (``SSHMaster/end()``).
    static let filesGone = "Can't open user config file"
    /// The failure of a login.
    static func connecting(
        to endpoint: SSHEndpoint, _ ended: ChildProcess.Ended, by login: SSHLogin = .key
    ) -> CommandError {
        let words = excerpt(ended.errorOutput, ended.output)
        // nologin(8) and pam_unix speak, and end with another code.
        if ended.status == .exited(0) || ended.output.isEmpty && ended.errorOutput.isEmpty {
            return loginScript(of: endpoint, "ends before our command, or becomes another program", words)
        }
        guard ended.status == .exited(255) else {
            // sshd let us in, and what ran there was not our command: nologin(8) says "This account is currently
            // not available.", pam_unix "Your account has expired", a forced command whatever it likes.
            return CommandError(
                .accountRefused,
                "\(endpoint) lets us in, but the account runs no commands: \(words); ask the site about the account")
        }
        let text = String(decoding: ended.errorOutput, as: UTF8.self)
        for row in connecting where text.contains(row.text) {
            // ssh(1) adds how to forget the known key, which is the last thing to do.
            let said = row.reason == .hostKeyChanged ? "" : ": \(words)"
            let isPersons = login == .person && row.reason == .authenticationRefused
            let advice = isPersons ? "the host does not let us in by the key and the answers together" : row.advice
            return CommandError(row.reason, "cannot log in to \(endpoint): \(advice)\(said)")
        }
        return CommandError(.unreachable, "cannot log in to \(endpoint): \(words)")
    }

    /// The failure of a login whose key was accepted, and whose script does not come to the command.
    static func loginScript(of endpoint: SSHEndpoint, _ what: String, _ words: String) -> CommandError {
        CommandError(
            .loginScript,
            "\(endpoint) lets us in, but a login script of the account (~/.bashrc, ~/.zshenv, ~/.cshrc, config.fish) "
                + "\(what): \(words); let it do what is for terminals only if it has one: [ -t 0 ]")
    }

    /// The last lines of what was said, on one line and short.
    static func excerpt(_ texts: [UInt8]...) -> String {
        let lines = texts.flatMap { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline) }
        let kept = lines.filter { !$0.allSatisfy { $0 == "@" || $0 == " " } }.suffix(4)
        let text = kept.map { $0.filter { !$0.isNewline && $0 != "\r" } }.joined(separator: "; ")
        return text.isEmpty ? "it says nothing" : String(text.suffix(400))
    }
}
