/// The kinds of private key that can be generated.
public enum KeyKind: String, CaseIterable, Codable, Hashable, Sendable {
    /// ECDSA on NIST P-256: generated in a fraction of a millisecond, accepted by every TLS and SSH stack in use.
    case p256
    /// Edwards curve 25519: the usual SSH key; browsers do not accept it in certificates.
    case ed25519
    /// RSA of 2048 bits, for peers that know nothing newer.
    case rsa2048
    /// RSA of 3072 bits.
    case rsa3072
    /// RSA of 4096 bits; generating one takes about a second of processor time.
    case rsa4096

    /// The RSA kind of this size.
    ///
    /// - Returns: `nil` for a size other than 2048, 3072 and 4096.
    public init?(rsaBits: Int) {
        switch rsaBits {
        case 2048: self = .rsa2048
        case 3072: self = .rsa3072
        case 4096: self = .rsa4096
        default: return nil
        }
    }
}
