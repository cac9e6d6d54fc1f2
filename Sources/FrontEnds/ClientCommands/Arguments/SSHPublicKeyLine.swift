import Foundation

/// Checks the form of an OpenSSH public key line: `type base64 [comment]` (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
enum SSHPublicKeyLine {
    static let types = [
        "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    /// What is wrong with the line, or `nil` when a key can be read from it.
    static func problem(with line: String) -> String? {
        let line = line.trimmingBlanks()
        if line.contains(where: \.isNewline) { return "has more than one line" }
        if line.hasPrefix("-----BEGIN") { return "is a private key or a certificate; give the line in the .pub file" }
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard words.count >= 2 else { return "is not of the form 'type base64 [comment]'" }
        guard types.contains(String(words[0])) else {
            return "begins with \"\(words[0])\"; allowed are " + types.joined(separator: ", ")
        }
        guard let blob = Data(base64Encoded: String(words[1])) else { return "is not base64 after the key type" }
        var fields = Fields(rest: [UInt8](blob))
        guard let inner = fields.next(), String(decoding: inner, as: UTF8.self) == words[0] else {
            return "has a key of another type than \(words[0]) inside; it was probably cut or edited"
        }
        while !fields.rest.isEmpty {
            guard fields.next() != nil else { return "is cut short" }
        }
        return fields.count >= 2 ? nil : "is cut short"
    }

    /// Length-prefixed strings (RFC 4251 §5).
    private struct Fields {
        var rest: [UInt8]
        var count = 0

        mutating func next() -> [UInt8]? {
            guard rest.count >= 4 else { return nil }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4 + length else { return nil }
            defer {
                rest.removeFirst(4 + length)
                count += 1
            }
            return Array(rest[4..<(4 + length)])
        }
    }
}
