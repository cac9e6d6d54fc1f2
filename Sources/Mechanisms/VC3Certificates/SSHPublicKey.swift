import Foundation

/// One public key of SSH, as it stands on a line of a `.pub` or `authorized_keys` file.
public struct SSHPublicKey: Hashable, Sendable, CustomStringConvertible {
    /// What stands before the key in `authorized_keys` (`sshd(8)`), as written: `no-pty,from="..."`.
    public let options: String?
    /// The algorithm, such as `ssh-ed25519`.
    public let type: String
    /// The key in the wire format of its algorithm.
    public let blob: [UInt8]
    /// Free text after the key; empty when there is none.
    public let comment: String

    init(type: String, blob: [UInt8], comment: String) {
        self.options = nil
        self.type = type
        self.blob = blob
        self.comment = comment
    }

    /// Reads one line and checks that its key is complete and of a kind that `sshd` accepts today.
    ///
    /// - Throws: ``CredentialError`` `malformed` for anything that is not one public key (a private key is named as
    ///   such, and not repeated), `refused` for DSA and for RSA under 2048 bits.
    public init(parsing line: String) throws {
        let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.contains("PRIVATE KEY") else {
            throw CredentialError(
                .malformed, "this is a private key; give the public one, from the file ending in .pub")
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7f }) else {
            throw CredentialError(.malformed, "an SSH public key is one line without control characters")
        }
        var (options, rest) = (nil as String?, text[...])
        if !Self.startsWithKeyType(rest) {
            let split = Self.splitOptions(rest)
            guard !split.rest.isEmpty, Self.startsWithKeyType(split.rest) else {
                throw CredentialError(
                    .malformed, "not an SSH public key; expected a line such as 'ssh-ed25519 AAAA... comment'")
            }
            (options, rest) = (String(split.options), split.rest)
        }
        let fields = rest.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == " " || $0 == "\t" }
        guard fields.count >= 2, let data = Data(base64Encoded: String(fields[1])) else {
            throw CredentialError(.malformed, "the base64 part of the SSH public key is missing or cut")
        }
        let type = String(fields[0])
        try SSHKeyShape.check([UInt8](data), type: type)
        self.options = options
        self.type = type
        self.blob = [UInt8](data)
        self.comment = fields.count > 2 ? fields[2].trimmingCharacters(in: .whitespaces) : ""
    }

    /// The public half of a private key file in the `openssh-key-v1` format, where it stands unencrypted.
    ///
    /// - Throws: ``CredentialError`` `malformed`, with no part of the text in its message.
    public init(openSSHPrivateText text: String, comment: String) throws {
        let lines = text.split(whereSeparator: \.isNewline)
        let body = lines.filter { !$0.hasPrefix("-----") }.joined()
        let magic = Array("openssh-key-v1\0".utf8)
        guard lines.first == "-----BEGIN OPENSSH PRIVATE KEY-----", let data = Data(base64Encoded: body),
            data.starts(with: magic)
        else { throw CredentialError(.malformed, "not a private key in the openssh-key-v1 format") }
        var reader = SSHWireReader([UInt8](data.dropFirst(magic.count)))
        // Cipher, key derivation and its options come first, then the number of keys.
        guard reader.string() != nil, reader.string() != nil, reader.string() != nil, reader.uint32() == 1,
            let blob = reader.string()
        else { throw CredentialError(.malformed, "the openssh-key-v1 private key is cut") }
        var key = SSHWireReader(blob)
        let type = String(decoding: key.string() ?? [], as: UTF8.self)
        try SSHKeyShape.check(blob, type: type)
        self.init(type: type, blob: blob, comment: comment)
    }

    /// The line without options, and without a newline.
    public var line: String {
        let key = type + " " + Data(blob).base64EncodedString()
        return comment.isEmpty ? key : key + " " + comment
    }

    public var description: String { line }

    private static func startsWithKeyType(_ text: Substring) -> Bool {
        SSHKeyShape.knownTypes.contains(String(text.prefix { $0 != " " && $0 != "\t" }))
    }

    /// Options end at the first blank outside double quotes; a quote inside is escaped with a backslash.
    private static func splitOptions(_ text: Substring) -> (options: Substring, rest: Substring) {
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if character == "\"", !isEscaped { isQuoted.toggle() }
            if !isQuoted, character == " " || character == "\t" {
                return (text[..<index], text[index...].drop { $0 == " " || $0 == "\t" })
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return (text, "")
    }
}
