/// Has a party's own certificate issued anew for the key that its request is signed with.
public protocol CertificateRenewing: Sendable {
    /// The names in the certificate are those of the party's present one, whatever the request asks for. Asking again with
    /// the same request does no harm: it brings the same certificate.
    ///
    /// - Parameter requestPEM: A certificate signing request (PKCS#10).
    /// - Returns: PEM text: the new certificate, then the intermediate.
    /// - Throws: VC3Error: `invalid` for what is not such a request, `forbidden` when the party may not, `unavailable`
    ///   when the Master has not answered in time; ask again later.
    func renewCertificate(_ requestPEM: String) async throws -> String
}
