/// A host's public key, pinned: no other key is accepted from that host.
public struct PinnedHostKey: Sendable, Hashable, Codable {
    /// The key type as SSH spells it, such as `ssh-ed25519`.
    public let type: String
    /// The key itself, base64 (RFC 4253 §6.6).
    public let base64: String

    public init(type: String, base64: String) {
        self.type = type
        self.base64 = base64
    }

    /// Reads `type base64 [comment]` (a `.pub` file) or `hosts type base64 [comment]` (a known_hosts line, sshd(8)).
    ///
    /// `nil` for anything else, marked lines (`@revoked`, `@cert-authority`) included.
    public init?(line: String) {
        let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0.isNewline })
        guard let first = fields.first, !first.hasPrefix("#"), !first.hasPrefix("@") else { return nil }
        let start = Self.isType(first) ? 0 : 1
        guard fields.count > start + 1, Self.isType(fields[start]) else { return nil }
        let key = fields[start + 1]
        // A host key in this encoding starts with the length of its type's name, a big-endian 32-bit number: "AAAA".
        guard key.hasPrefix("AAAA"), key.utf8.allSatisfy(Self.isBase64) else { return nil }
        self.init(type: String(fields[start]), base64: String(key))
    }

    /// `type base64`, the form ``init(line:)`` reads.
    public var line: String { "\(type) \(base64)" }

    private static func isType(_ text: Substring) -> Bool {
        ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-sha2-"].contains { text.hasPrefix($0) }
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}

/// One host to log in to.
public struct SSHHop: Sendable, Hashable, Codable {
    public var host: String
    public var port: Int
    public var user: String
    /// `nil` until the allocation's owner has accepted a key; a session cannot be opened without.
    public var hostKey: PinnedHostKey?

    public init(host: String, port: Int = 22, user: String, hostKey: PinnedHostKey? = nil) {
        self.host = host
        self.port = port
        self.user = user
        self.hostKey = hostKey
    }
}

/// An account at a login node, reached directly or through a gateway.
public struct SSHEndpoint: Sendable, Hashable, Codable, CustomStringConvertible {
    public var target: SSHHop
    /// The host to pass through; it sees only the encrypted connection to the target.
    public var gateway: SSHHop?

    public init(target: SSHHop, gateway: SSHHop? = nil) {
        self.target = target
        self.gateway = gateway
    }

    public init(
        host: String, port: Int = 22, user: String, hostKey: PinnedHostKey? = nil, gateway: SSHHop? = nil
    ) {
        self.init(target: SSHHop(host: host, port: port, user: user, hostKey: hostKey), gateway: gateway)
    }

    public var description: String {
        let name = "\(target.user)@\(target.host):\(target.port)"
        return gateway.map { "\(name) through \($0.user)@\($0.host):\($0.port)" } ?? name
    }
}
