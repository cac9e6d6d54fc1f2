public import Foundation
public import VC3Certificates

/// A private authority of two levels that lives in files.
///
/// Every call makes what is missing and returns what is there: asking twice gives the same certificate, until less than
/// a third of its life remains or it lacks a name that is asked for; then it is issued anew *for the same key*, so that
/// a certificate and a key fetched one after the other always fit. To change a key, revoke its certificate.
///
/// Each file is whole or absent, keys come before certificates, and a lock admits one process at a time; so a call that
/// is cut off anywhere is completed by the next one. The authority's own keys are never replaced.
///
/// Calls wait for the disk, for the lock and perhaps for RSA: make them from a thread that may wait.
public struct CertificateAuthority: Sendable {
    public static let defaultName = "defaultca"

    let name: PrincipalName
    let layout: AuthorityLayout
    let policy: IssuingPolicy
    let now: @Sendable () -> Date
    let notice: @Sendable (String) -> Void

    /// Nothing is read or made yet.
    ///
    /// - Parameters:
    ///   - vardir: The directory of all of Credible's state.
    ///   - now: The clock that validity is measured by.
    ///   - notice: Told what was made, in words; never anything secret.
    public init(
        vardir: String, name: String = CertificateAuthority.defaultName, policy: IssuingPolicy = IssuingPolicy(),
        now: @escaping @Sendable () -> Date = { Date() }, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.name = try PrincipalName(plain: name, argument: "CA name")
        self.layout = AuthorityLayout(vardir: vardir, authority: self.name)
        self.policy = policy
        self.now = now
        self.notice = notice
    }

    /// Root and intermediate, in this order.
    public func certificateChain() throws -> CertificateChain {
        try locked {
            let authority = try establish()
            return CertificateChain([authority.root, authority.issuer.certificate])
        }
    }

    /// Root and intermediate in PEM form: the file that every party gets to trust the authority.
    public func certificateChainPEM() throws -> String {
        try certificateChain().pem
    }

    /// The certificate and key of a machine, good for both ends of TLS.
    ///
    /// - Parameter extraNames: Further names and addresses that clients may reach the machine by.
    public func host(_ hostName: String, alsoKnownAs extraNames: [AlternativeName] = []) throws -> Credential {
        let host = try PrincipalName(host: hostName, argument: "host name")
        guard !AuthorityLayout.reservedHostNames.contains(host.text) else {
            throw CredibleError(.name, "host name '\(host)' is reserved for the authority's own files")
        }
        let profile = try CertificateProfile.host(
            host.text, alsoKnownAs: extraNames, within: policy.site, lifetime: policy.lifetime)
        return try credential(of: .host(host), profile)
    }

    /// The certificate and key of a person, good for the client's end of TLS.
    public func user(_ subject: String) throws -> Credential {
        let user = try PrincipalName(subject, argument: "subject")
        let profile = try CertificateProfile.user(user.text, within: policy.site, lifetime: policy.lifetime)
        return try credential(of: .user(user), profile)
    }

    /// The certificate and key of a part of VC3, known to others as `vc3://<role>/<name>`.
    public func issueComponent(
        role: String, name: String, alsoKnownAs extraNames: [AlternativeName] = []
    ) throws -> Credential {
        let component = try PrincipalName(name, argument: "component name")
        let identity = try CertificateIdentity(role: role, name: component.text)
        let profile = try CertificateProfile.component(
            identity, alsoKnownAs: extraNames, within: policy.site, lifetime: policy.lifetime)
        return try credential(of: .component(role: role, name: component), profile)
    }

    /// Signs a request for a key that stays with its owner. The profile decides everything but the key.
    ///
    /// - Returns: The new certificate followed by the intermediate.
    public func sign(_ request: SigningRequest, as profile: CertificateProfile) throws -> CertificateChain {
        guard case .authority = profile.usage else {
            return try locked {
                let authority = try establish()
                let certificate = try authority.issuer.issue(profile, for: request, at: now())
                try record(certificate, at: layout.intermediate)
                return CertificateChain([certificate, authority.issuer.certificate])
            }
        }
        throw CredibleError(.name, "a signing request cannot make an authority")
    }

    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        for level in [layout.root, layout.intermediate] {
            for part in ["private", "certs", "newcerts", "crl", "csr"] {
                try SecretFile.makeDirectory("\(level.directory)/\(part)")
            }
        }
        return try FileLock.hold(layout.lock, body)
    }
}
