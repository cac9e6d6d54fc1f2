import VC3Commands

/// The hop host of two-hop logins, written `[user@]host[:port]`.
enum Gateway {
    /// - Parameter hostKeys: Host key lines; the gateway's is the one that begins with its host name.
    static func hop(_ text: String?, account: String, hostKeys: String) -> SSHHop? {
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
        let host = String(rest)
        let line = hostKeys.split(separator: "\n").first { $0.hasPrefix(host + " ") }
        return SSHHop(host: host, port: port, user: user, hostKey: line.flatMap { PinnedHostKey(line: String($0)) })
    }
}
