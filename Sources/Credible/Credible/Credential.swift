public import VC3Certificates

/// A certificate with its key and the authorities above it, ready for use at either end of TLS.
public struct Credential: Sendable {
    public let certificate: CertificateDocument
    public let key: PrivateKey
    /// The intermediate authority that signed ``certificate``.
    public let intermediate: CertificateDocument
    /// What the peer has to trust.
    public let root: CertificateDocument
    /// The file that holds the certificate alone.
    public let certificatePath: String
    /// The file that holds the key, mode 0400.
    public let keyPath: String

    /// The certificate alone.
    public var certificatePEM: String { certificate.pem }

    /// The certificate followed by the intermediate: what a TLS server sends.
    public var chainPEM: String { certificate.pem + intermediate.pem }

    /// The key as PKCS#8.
    public var keyPEM: String { key.pem }
}
