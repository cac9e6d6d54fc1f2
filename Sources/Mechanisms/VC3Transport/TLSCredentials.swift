public import Foundation
import NIOCore
import NIOSSL
public import VC3Certificates
import VC3Model

/// What one end of a mutual-TLS connection shows and whom it trusts.
public struct TLSCredentials: Sendable {
    private let chain: [NIOSSLCertificate]
    /// `nil` for a client that shows no certificate.
    private let key: NIOSSLPrivateKey?
    private let trusted: [NIOSSLCertificate]

    /// - Parameters:
    ///   - certificatePEM: The own certificate first, then those of intermediate authorities, if any.
    ///   - keyPEM: Its private key, unencrypted.
    ///   - trustedPEM: The authorities whose certificates are accepted.
    /// - Throws: ``VC3Error`` `invalid` naming what cannot be read; never with a part of the key.
    public init(certificatePEM: String, keyPEM: String, trustedPEM: String) throws {
        chain = try Self.certificates(certificatePEM, "the certificate")
        trusted = try Self.certificates(trustedPEM, "the trusted certificates")
        do {
            key = try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)
        } catch {
            throw VC3Error(.invalid, "the private key cannot be read; needed is an unencrypted PEM key")
        }
    }

    /// A client that shows no certificate, and checks the server's.
    ///
    /// - Throws: ``VC3Error`` `invalid`.
    public init(trustedPEM: String) throws {
        chain = []
        key = nil
        trusted = try Self.certificates(trustedPEM, "the trusted certificates")
    }

    /// As ``init(trustedPEM:)``, from a file.
    public init(trustedFile: String) throws { try self.init(trustedPEM: Self.text(of: trustedFile)) }

    /// Reads the three PEM files.
    ///
    /// - Throws: ``VC3Error`` `invalid` naming the file.
    public init(certificateFile: String, keyFile: String, trustedFile: String) throws {
        try self.init(
            certificatePEM: Self.text(of: certificateFile), keyPEM: Self.text(of: keyFile),
            trustedPEM: Self.text(of: trustedFile))
    }

    /// The own certificate.
    ///
    /// - Throws: ``VC3Error`` `invalid`.
    public func certificate() throws -> CertificateDocument {
        guard let first = chain.first else { throw VC3Error(.invalid, "there is no certificate") }
        return try Self.reading("the certificate") { try CertificateDocument(der: first.toDERBytes()) }
    }

    /// The own certificate's last moment.
    ///
    /// - Throws: ``VC3Error`` `invalid`.
    public func expiry() throws -> Date { try certificate().notAfter }

    /// The authorities that are trusted.
    ///
    /// - Throws: ``VC3Error`` `invalid`.
    public func authorities() throws -> [CertificateDocument] {
        try Self.reading("the trusted certificates") {
            try trusted.map { try CertificateDocument(der: $0.toDERBytes()) }
        }
    }

    /// PEM text of the authorities whose peers are trusted.
    public func trustedPEM() throws -> String { try authorities().map(\.pem).joined() }

    /// The revocation lists in a PEM file.
    ///
    /// - Throws: ``VC3Error`` `invalid` naming the file when it cannot be read, or none of the trusted authorities signed
    ///   a list.
    public func revocationLists(inFile file: String) throws -> RevocationLists {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw VC3Error(
                .invalid,
                "cannot read revocation list '\(file)'; credible writes it, or leave crlfile out to have none")
        }
        return try revocationLists(pem: String(decoding: bytes, as: UTF8.self), from: "'\(file)'")
    }

    /// - Parameter source: Where the text is from, for a refusal.
    /// - Throws: ``VC3Error`` `invalid` for anything but lists, or when none of the trusted authorities signed one.
    public func revocationLists(pem: String, from source: String) throws -> RevocationLists {
        do {
            return try RevocationLists(pem: pem, signedByOneOf: authorities())
        } catch {
            throw VC3Error(.invalid, "revocation list \(source) cannot be used: \(error)", cause: error)
        }
    }

    private static func reading<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch {
            throw VC3Error(.invalid, "\(what) cannot be read: \(error)", cause: error)
        }
    }

    /// - Throws: ``VC3Error`` `invalid` when the key does not belong to the certificate.
    func serverContext() throws -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: try server())
        } catch {
            throw VC3Error(
                .invalid, "the certificate and the private key cannot be used; do they belong together?", cause: error)
        }
    }

    /// A server that asks nobody for a certificate.
    ///
    /// - Throws: ``VC3Error`` `invalid` when the key does not belong to the certificate.
    func openServerContext() throws -> NIOSSLContext {
        var configuration = try server()
        configuration.certificateVerification = .none
        configuration.trustRoots = nil
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw VC3Error(
                .invalid, "the certificate and the private key cannot be used; do they belong together?", cause: error)
        }
    }

    /// - Throws: ``VC3Error`` `invalid` when the key does not belong to the certificate.
    func checkAsClient() throws {
        do {
            _ = try NIOSSLContext(configuration: client)
        } catch {
            throw VC3Error(
                .invalid, "the certificate and the private key cannot be used; do they belong together?", cause: error)
        }
    }

    /// A server that refuses every client without a certificate of a trusted authority.
    private func server() throws -> TLSConfiguration {
        guard let key else { throw VC3Error(.invalid, "a server needs a certificate and its private key") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.trustRoots = .certificates(trusted)
        // Clients are known by their identity, not by a host name.
        configuration.certificateVerification = .noHostnameVerification
        // A client that does not answer the end of TLS must not hold up the end of the service.
        configuration.shutdownTimeout = .milliseconds(300)
        Self.restrict(&configuration)
        return configuration
    }

    /// A client that checks the server's chain and host name and shows its own certificate.
    var client: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = key.map { .privateKey($0) }
        configuration.trustRoots = .certificates(trusted)
        configuration.certificateVerification = .fullVerification
        Self.restrict(&configuration)
        return configuration
    }

    /// A client that takes whatever the server shows.
    static var unverifiedClient: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        restrict(&configuration)
        return configuration
    }

    private static func restrict(_ configuration: inout TLSConfiguration) {
        configuration.minimumTLSVersion = .tlsv12
        // NIOSSL leaves Ed25519 out unless it is named.
        let algorithms: [SignatureAlgorithm] = [
            .ed25519, .ecdsaSecp256R1Sha256, .ecdsaSecp384R1Sha384, .rsaPssRsaeSha256, .rsaPssRsaeSha384,
            .rsaPssRsaeSha512, .rsaPkcs1Sha256,
        ]
        configuration.verifySignatureAlgorithms = algorithms
        configuration.signingSignatureAlgorithms = algorithms
    }

    private static func certificates(_ pem: String, _ what: String) throws -> [NIOSSLCertificate] {
        do {
            let found = try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8))
            if !found.isEmpty { return found }
        } catch {}
        throw VC3Error(.invalid, "\(what) cannot be read; needed is PEM text with at least one certificate")
    }

    private static func text(of file: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            let reason = access(file, R_OK) != 0 ? String(cString: strerror(errno)) : "it is not a file"
            throw VC3Error(.invalid, "cannot read '\(file)': \(reason); credible issues certificates")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw VC3Error(.invalid, "'\(file)' is not PEM text")
        }
        return text
    }
}
