import Foundation
public import VC3Certificates

extension CertificateAuthority {
    /// The stored certificate and key of an identity, as long as they are good; otherwise new ones.
    public func credential(
        of identity: CertificateIdentity, alsoKnownAs extraNames: [AlternativeName] = []
    ) throws -> Credential {
        try credentials(of: [request(for: identity, alsoKnownAs: extraNames)])[0]
    }

    /// Makes what is missing for many hosts, far faster than one after the other: what belongs together is flushed
    /// together. A call that is cut off has made some of them whole, and none in part.
    ///
    /// - Returns: How many hosts there are, each counted once.
    @discardableResult public func hosts(_ names: [String]) throws -> Int {
        let hosts = try names.map { try PrincipalName(host: $0, argument: "host name").text }
        let requests = try Set(hosts).sorted().map {
            try request(for: CertificateIdentity(role: "host", name: $0), alsoKnownAs: [])
        }
        // Others who wait for the lock get a turn in between.
        for start in stride(from: 0, to: requests.count, by: Self.batch) {
            _ = try credentials(of: Array(requests[start..<min(start + Self.batch, requests.count)]))
        }
        return requests.count
    }

    /// A new certificate for an identity that has one, or gets its first.
    ///
    /// - Parameter newKey: Also a new key; without it the certificate is for the old key.
    public func renew(_ identity: CertificateIdentity, newKey: Bool) throws -> Credential {
        try credentials(of: [request(for: identity, alsoKnownAs: [])], renewal: newKey ? .keyToo : .certificate)[0]
    }

    private static let batch = 256

    enum Renewal {
        case whenDue
        case certificate
        case keyToo
    }

    private func request(
        for identity: CertificateIdentity, alsoKnownAs extraNames: [AlternativeName]
    ) throws -> (AuthorityLayout.Holder, CertificateProfile) {
        (
            try AuthorityLayout.Holder(identity),
            try .of(identity, alsoKnownAs: extraNames, within: policy.site, lifetime: policy.lifetime)
        )
    }

    func credentials(
        of requests: [(AuthorityLayout.Holder, CertificateProfile)], renewal: Renewal = .whenDue
    ) throws -> [Credential] {
        try locked {
            let authority = try establish()
            var issuing = Issuing(self, authority, renewal)
            let credentials = try requests.map { try issuing.credential(of: $0, $1) }
            try makeDirectory(layout.intermediate)
            if let change = issuing.change { try commit(change) }
            for certificate in issuing.issued { notice(.made(describe(certificate))) }
            return credentials
        }
    }

    func makeDirectory(_ level: AuthorityLayout.Level) throws {
        guard storage.backend is FileBackend else { return }
        try SecretFile.makeDirectory(level.directory)
    }

    func key(at path: String) throws -> PrivateKey? {
        guard let text = try storage.backend.secret(at: path, warning: { notice(.warning($0)) }) else { return nil }
        do {
            return try PrivateKey(pem: text)
        } catch {
            throw CredibleError(.damaged, "cannot use the key file '\(path)': \(error)")
        }
    }

    func certificate(at path: String) throws -> CertificateDocument? {
        guard let text = try storage.backend.text(at: path) else { return nil }
        do {
            return try CertificateDocument(pem: text)
        } catch {
            throw CredibleError(.damaged, "cannot use the certificate file '\(path)': \(error)")
        }
    }
}
