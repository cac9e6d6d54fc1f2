/// Who signs for the Master.
protocol PairingAuthority: Sendable {
    /// - Parameters:
    ///   - request: PKCS#10, PEM; only its key counts.
    ///   - hosts: Further DNS names and addresses.
    ///   - serial: The certificate that is renewed; one that was taken back when it comes to signing is not.
    /// - Returns: PEM text: the certificate, then the intermediate.
    /// - Throws: ``PairingRefusal`` when that will never work; anything else when it may work later.
    func sign(_ request: String, role: String, name: String, hosts: [String], renewing serial: String?) async throws
        -> String

    /// The certificate and the key of a user, as the original's `getusercert` has them.
    ///
    /// - Throws: As ``sign(_:role:name:hosts:)``.
    func userPair(_ name: String) async throws -> (certificate: String, key: String)
}

/// Why no certificate can be made of this pairing, however often it is tried.
struct PairingRefusal: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}
