/// The kinds of private key that can be generated.
public enum KeyKind: String, CaseIterable, Codable, Hashable, Sendable {
    /// ECDSA on NIST P-256: generated in a fraction of a millisecond, accepted by every TLS and SSH stack in use.
    case p256
    /// ECDSA on NIST P-384.
    case p384
    /// Edwards curve 25519: the usual SSH key; browsers do not accept it in certificates.
    case ed25519
    /// RSA of 2048 bits, for peers that know nothing newer.
    case rsa2048
    /// RSA of 3072 bits.
    case rsa3072
    /// RSA of 4096 bits; generating one takes about a second of processor time.
    case rsa4096

    /// The kind that a type and a length name together, as `ssh-keygen -t` and `-b` do.
    ///
    /// - Parameters:
    ///   - type: `rsa`, `ecdsa`, `p256`, `p384` or `ed25519`.
    ///   - bits: 2048, 3072 or 4096 for `rsa` (4096 when left out), 256 or 384 for `ecdsa` (256 when left out). The
    ///     other types have one length, and what is said of it does not count.
    /// - Returns: `nil` for another type, or a length that the type does not have.
    public init?(type: String, bits: Int?) {
        switch (type, bits) {
        case ("rsa", 2048): self = .rsa2048
        case ("rsa", 3072): self = .rsa3072
        case ("rsa", nil), ("rsa", 4096): self = .rsa4096
        case ("ecdsa", nil), ("ecdsa", 256), ("p256", _): self = .p256
        case ("ecdsa", 384), ("p384", _): self = .p384
        case ("ed25519", _): self = .ed25519
        default: return nil
        }
    }
}
