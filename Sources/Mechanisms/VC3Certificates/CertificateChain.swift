import SwiftASN1

/// The certificates of a PEM file, in file order.
public struct CertificateChain: Hashable, Sendable {
    public let certificates: [CertificateDocument]

    public init(_ certificates: [CertificateDocument]) {
        self.certificates = certificates
    }

    /// Reads every block of type `CERTIFICATE` and skips text and other blocks around them.
    ///
    /// - Throws: ``CredentialError`` `malformed` when there is no certificate, or a broken one.
    public init(pem: String) throws {
        var certificates: [CertificateDocument] = []
        for (position, block) in Self.certificateBlocks(in: pem).enumerated() {
            do {
                certificates.append(try CertificateDocument(der: PEMDocument(pemString: block).derBytes))
            } catch {
                throw CredentialError(.malformed, "certificate \(position + 1) of the chain cannot be read: \(error)")
            }
        }
        guard !certificates.isEmpty else { throw CredentialError(.malformed, "no PEM certificate found") }
        self.certificates = certificates
    }

    /// All certificates in PEM form, one after the other.
    public var pem: String { certificates.map(\.pem).joined() }

    /// What one end of TLS sends: `leaf`, then its issuer, the issuer of that, and so on as far as this chain has them;
    /// without the self-signed root, which the peer must have anyway.
    public func path(from leaf: CertificateDocument) -> CertificateChain {
        var path = [leaf]
        while let last = path.last,
            let issuer = certificates.first(where: { last.isSigned(by: $0) && !$0.isSigned(by: $0) }),
            !path.contains(issuer)
        {
            path.append(issuer)
        }
        return CertificateChain(path)
    }

    private static func certificateBlocks(in text: String) -> [String] {
        var blocks: [String] = []
        var open: [Substring]?
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.hasPrefix("-----BEGIN CERTIFICATE-----") {
                open = [trimmed]
            } else if open != nil {
                open?.append(trimmed)
                if trimmed.hasPrefix("-----END ") {
                    blocks.append((open ?? []).joined(separator: "\n"))
                    open = nil
                }
            }
        }
        if let unfinished = open { blocks.append(unfinished.joined(separator: "\n")) }
        return blocks
    }
}
