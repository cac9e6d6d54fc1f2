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
    let storage: CredentialStorage
    let layout: AuthorityLayout
    let policy: IssuingPolicy
    let passphrase: Passphrase?
    let now: @Sendable () -> Date
    let notice: @Sendable (Notice) -> Void

    /// What was made, or what is wrong without being in the way; in words, never anything secret.
    public enum Notice: Sendable {
        case made(String)
        case warning(String)
    }

    /// Nothing is read or made yet.
    ///
    /// - Parameters:
    ///   - passphrase: Seals the authority's keys; `nil` for keys that only the modes of their files protect.
    ///   - now: The clock that validity is measured by.
    ///   - notice: Told what happens.
    public init(
        storage: CredentialStorage, name: String = CertificateAuthority.defaultName,
        policy: IssuingPolicy = IssuingPolicy(), passphrase: Passphrase? = nil,
        now: @escaping @Sendable () -> Date = { Date() }, notice: @escaping @Sendable (Notice) -> Void = { _ in }
    ) throws {
        self.name = try PrincipalName(plain: name, argument: "CA name")
        self.storage = storage
        self.layout = AuthorityLayout(vardir: storage.vardir, authority: self.name)
        self.policy = policy
        self.passphrase = passphrase
        self.now = now
        self.notice = notice
    }

    /// An authority in files under `vardir`, with keys that are not sealed.
    public init(
        vardir: String, name: String = CertificateAuthority.defaultName, policy: IssuingPolicy = IssuingPolicy(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        try self.init(storage: .file(vardir: vardir), name: name, policy: policy, now: now)
    }

    /// The CA name.
    public var authorityName: String { name.text }

    /// Root and intermediate, in this order.
    public func certificateChain() throws -> CertificateChain {
        try locked {
            let authority = try establish()
            return CertificateChain([authority.root, authority.intermediate])
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
        return try credential(of: CertificateIdentity(role: "host", name: host.text), alsoKnownAs: extraNames)
    }

    /// The certificate and key of a person, good for the client's end of TLS.
    public func user(_ subject: String) throws -> Credential {
        let user = try PrincipalName(subject, argument: "subject")
        return try credential(of: CertificateIdentity(role: "user", name: user.text))
    }

    /// The certificate and key of a part of VC3, known to others as `vc3://<role>/<name>`.
    public func issueComponent(
        role: String, name: String, alsoKnownAs extraNames: [AlternativeName] = []
    ) throws -> Credential {
        let component = try PrincipalName(name, argument: "component name")
        let identity = try CertificateIdentity(role: role, name: component.text)
        let profile = try CertificateProfile.component(
            identity, alsoKnownAs: extraNames, within: policy.site, lifetime: policy.lifetime)
        return try credentials(of: [(.component(role: role, name: component), profile)])[0]
    }

    /// Signs a request for a key that stays with its owner. The profile decides everything but the key.
    ///
    /// - Parameter serial: The certificate that this one is to follow, in hexadecimal.
    /// - Returns: The new certificate followed by the intermediate.
    /// - Throws: ``CredibleError`` `revoked` when that one was taken back, decided under the lock under which that happens.
    public func sign(
        _ request: SigningRequest, as profile: CertificateProfile, renewing serial: String? = nil
    ) throws -> CertificateChain {
        guard case .authority = profile.usage else {
            return try locked {
                if let serial, try revokedSerials().contains(serial.uppercased()) {
                    throw CredibleError(
                        .revoked, "certificate \(serial) was taken back and is not renewed; ask for a new pairing")
                }
                let authority = try establish()
                let certificate = try authority.issuer().issue(profile, for: request, at: now())
                try commit(
                    StorageChange(
                        files: [
                            StoredFile(
                                path: layout.intermediate.issued(serial: certificate.serial),
                                content: certificate.pem, mode: 0o444, replacing: false)
                        ], log: (layout.intermediate.index, IssuanceLog.line(issued: certificate))))
                notice(.made(describe(certificate)))
                return CertificateChain([certificate, authority.intermediate])
            }
        }
        throw CredibleError(.name, "a signing request cannot make an authority")
    }

    /// As ``sign(_:as:)``, with the profile that the authority has for the identity's role.
    public func sign(
        _ request: SigningRequest, for identity: CertificateIdentity, alsoKnownAs extraNames: [AlternativeName] = [],
        renewing serial: String? = nil
    ) throws -> CertificateChain {
        _ = try AuthorityLayout.Holder(identity)
        return try sign(
            request, as: .of(identity, alsoKnownAs: extraNames, within: policy.site, lifetime: policy.lifetime),
            renewing: serial)
    }

    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        try storage.backend.exclusively(in: layout.base, body)
    }

    func commit(_ change: StorageChange) throws {
        try storage.backend.commit(change, in: layout.base)
    }

    func describe(_ certificate: CertificateDocument) -> String {
        let name = certificate.subject.isEmpty ? certificate.identity?.uri ?? "" : certificate.subject
        return "issued '\(name)', serial \(certificate.serial), valid until \(certificate.notAfter)"
    }
}
