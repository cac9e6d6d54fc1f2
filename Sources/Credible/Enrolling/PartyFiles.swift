/// Where a party keeps its key and its certificate: one folder, which nobody else reads.
public struct PartyFiles: Sendable, Hashable {
    public let folder: String
    /// Private key, PKCS#8 PEM, mode 0400.
    public var key: String { folder + "/key.pem" }
    /// The certificate, then the intermediate.
    public var certificate: String { folder + "/cert.pem" }
    /// Root and intermediate: whom the party trusts.
    public var chain: String { folder + "/chain.pem" }
    /// What the certificate was asked for with; its common name is that of the pairing.
    public var request: String { folder + "/request.pem" }

    public init(folder: String) { self.folder = folder }
}
