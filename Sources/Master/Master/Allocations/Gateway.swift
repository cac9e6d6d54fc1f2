import VC3Commands

/// The hop host of two-hop logins, written `[user@]host[:port]`.
enum Gateway {
    /// - Parameters:
    ///   - account: Who logs in there when no user is given.
    ///   - hostKeys: Host key lines: the target's first, the gateway's second.
    /// - Returns: `nil` without a gateway.
    static func hop(_ text: String?, account: String, hostKeys: String?) -> SSHHop? {
        guard let text, !text.isEmpty else { return nil }
        var rest = text[...]
        var user = account
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        var port = 22
        if let colon = rest.lastIndex(of: ":"), let number = Int(rest[rest.index(after: colon)...]) {
            port = number
            rest = rest[..<colon]
        }
        let line = (hostKeys ?? "").split(separator: "\n").dropFirst().first
        return SSHHop(
            host: String(rest), port: port, user: user, hostKey: line.flatMap { PinnedHostKey(line: String($0)) })
    }
}
