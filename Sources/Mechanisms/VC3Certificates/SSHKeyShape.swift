/// What the blob of each algorithm looks like (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4, and
/// OpenSSH's PROTOCOL.u2f for the `sk-` types).
enum SSHKeyShape {
    static let knownTypes: Set<String> = [
        "ssh-ed25519", "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    static func check(_ blob: [UInt8], type: String) throws {
        var reader = SSHWireReader(blob)
        guard let inner = reader.string(), inner == Array(type.utf8) else {
            throw CredentialError(.malformed, "the SSH public key says '\(type)' but contains a key of another type")
        }
        let isComplete =
            switch type {
            case "ssh-ed25519": reader.string()?.count == 32
            case "sk-ssh-ed25519@openssh.com": reader.string()?.count == 32 && reader.string() != nil
            case "ecdsa-sha2-nistp256": isPoint(&reader, curve: "nistp256", size: 32)
            case "ecdsa-sha2-nistp384": isPoint(&reader, curve: "nistp384", size: 48)
            case "ecdsa-sha2-nistp521": isPoint(&reader, curve: "nistp521", size: 66)
            case "sk-ecdsa-sha2-nistp256@openssh.com":
                isPoint(&reader, curve: "nistp256", size: 32) && reader.string() != nil
            case "ssh-rsa": try isRSA(&reader)
            default:
                throw CredentialError(
                    .refused, "SSH servers no longer accept keys of type \(type); make one with: ssh-keygen -t ed25519")
            }
        guard isComplete, reader.isAtEnd else {
            throw CredentialError(.malformed, "the SSH public key of type \(type) is cut or has bytes too many")
        }
    }

    private static func isPoint(_ reader: inout SSHWireReader, curve: String, size: Int) -> Bool {
        guard reader.string() == Array(curve.utf8), let point = reader.string() else { return false }
        return point.count == 1 + 2 * size && point.first == 0x04
    }

    private static func isRSA(_ reader: inout SSHWireReader) throws -> Bool {
        guard let exponent = reader.string(), !exponent.isEmpty, let modulus = reader.string() else { return false }
        let digits = modulus.drop { $0 == 0 }
        guard let first = digits.first else { return false }
        let bits = digits.count * 8 - first.leadingZeroBitCount
        guard bits >= 2048 else {
            throw CredentialError(.refused, "the RSA key has \(bits) bits; at least 2048 are needed")
        }
        return true
    }
}
