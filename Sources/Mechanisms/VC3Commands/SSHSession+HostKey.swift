extension SSHSession {
    /// Asks a host for its key, for its owner to accept. Nothing is logged in to.
    ///
    /// What comes back is only as trustworthy as the network in between: pin it after somebody compared its
    /// ``PinnedHostKey/fingerprint(by:)``, or on first use and never again.
    ///
    /// - Parameter runner: Where ssh-keyscan(1) is run: here, or in a session with a gateway.
    public static func readHostKey(
        of host: String, port: Int = 22, timeout: Duration = .seconds(20), by runner: any CommandRunner = LocalRunner()
    ) async throws(CommandError) -> PinnedHostKey {
        guard !host.isEmpty, !host.hasPrefix("-"), (1...65535).contains(port) else {
            throw CommandError(.unreachable, "\(host):\(port) is no host name, address and port; correct it")
        }
        let seconds = max(1, timeout.components.seconds)
        let result = try await runner.run(
            Command(
                ["ssh-keyscan", "-T", String(seconds), "-p", String(port), "-t", "ed25519,ecdsa,rsa", host],
                timeout: .seconds(seconds + 5)))
        let keys = result.output.split(separator: "\n").compactMap { PinnedHostKey(line: String($0)) }
        // The order of preference of OpenSSH's own clients (ssh_config(5), HostKeyAlgorithms).
        for type in ["ssh-ed25519", "ecdsa-sha2-", "ssh-rsa"] {
            if let key = keys.first(where: { $0.type.hasPrefix(type) }) { return key }
        }
        let words = SSHFailure.excerpt(Array(result.errorOutput.utf8))
        throw CommandError(.unreachable, "\(host):\(port) shows no host key: \(words)")
    }
}

extension PinnedHostKey {
    /// The key's fingerprint as administrators publish it and ssh(1) shows it: `SHA256:…`.
    public func fingerprint(by runner: any CommandRunner = LocalRunner()) async throws(CommandError) -> String {
        let result = try await runner.run(
            Command(["ssh-keygen", "-l", "-f", "-"], input: Array((line + "\n").utf8), timeout: .seconds(10)))
        // "256 SHA256:…  comment (ED25519)"
        let fields = result.output.split(separator: " ")
        guard result.succeeded, fields.count > 1, fields[1].hasPrefix("SHA256:") else {
            throw CommandError(.localFailure, "ssh-keygen cannot read this host key: it may be damaged")
        }
        return String(fields[1])
    }
}
