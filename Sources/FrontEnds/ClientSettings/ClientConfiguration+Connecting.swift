import Enrolling
import InfoserviceClient
import VC3Certificates
import VC3Model
import VC3Transport

extension ClientConfiguration {
    /// The Infoservice, as this party.
    ///
    /// - Throws: ``VC3Error`` `invalid` when a file cannot be read. Without a certificate there is no error yet: the server
    ///   refuses whatever is asked.
    func infoservice(timeouts: Timeouts = Timeouts()) throws -> RemoteInfoservice {
        let credentials = try credentials()
        let revoked = try kept?.lists(trustedBy: credentials) ?? RevocationLists()
        return try RemoteInfoservice(addresses, credentials: credentials, revoked: revoked, timeouts: timeouts)
    }

    /// What an answered pairing of the original's form holds, once: from the Infoservice for whoever asked for it, and
    /// from its enrolment listener for those who have no certificate.
    public func pairing(_ code: String) async throws -> (certificate: String, key: String)? {
        var place = self
        if certfile == nil { place.addresses = [enrolment] }
        return try await place.withInfoservice { try await $0.documents.pairing(code) }
    }

    /// Where the lists of what was taken back are; `nil` for somebody who has no certificate yet and names no file.
    var kept: KeptRevocations? { crlfile.map { KeptRevocations(file: $0) } }

    private func credentials() throws -> TLSCredentials {
        guard let certfile, let keyfile else { return try TLSCredentials(trustedFile: chainfile) }
        return try TLSCredentials(certificateFile: certfile, keyFile: keyfile, trustedFile: chainfile)
    }
}
