public import Foundation
import SwiftASN1
import X509

/// A list of certificates that their issuer takes back before their time (RFC 5280, section 5).
public struct RevocationList: Hashable, Sendable {
    /// Why a certificate was taken back; the numbers are those of RFC 5280, section 5.3.1.
    public enum Reason: UInt8, CaseIterable, Hashable, Sendable {
        case unspecified = 0
        case keyCompromise = 1
        case affiliationChanged = 3
        case superseded = 4
        case cessationOfOperation = 5

        /// The spelling of OpenSSL's `index.txt`.
        public var name: String { String(describing: self) }

        /// - Returns: `nil` for a word that is no reason; letter case does not count.
        public init?(name: String) {
            guard let reason = Self.allCases.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                return nil
            }
            self = reason
        }
    }

    /// One certificate of the list.
    public struct Entry: Hashable, Sendable {
        /// Upper-case hexadecimal, as ``CertificateDocument/serial``.
        public let serial: String
        public let date: Date
        public let reason: Reason

        public init(serial: String, date: Date, reason: Reason) {
            self.serial = serial
            self.date = date
            self.reason = reason
        }
    }

    /// The binary form.
    public let der: [UInt8]
    /// The serial numbers on the list.
    public let serials: Set<String>
    /// When the list was made.
    public let thisUpdate: Date
    /// When the issuer will have made a newer list.
    public let nextUpdate: Date
    /// Larger for every later list of the same issuer; 0 for a list without one.
    public let number: Int

    /// Reads a list and checks who signed it.
    ///
    /// - Throws: ``CredentialError`` `malformed` for anything but a list, `refused` when `issuer` did not sign it.
    public init(pem: String, signedBy issuer: CertificateDocument) throws {
        let document: PEMDocument
        do {
            document = try PEMDocument(pemString: pem)
        } catch {
            throw CredentialError(.malformed, "not a certificate revocation list: \(error)")
        }
        try self.init(document, signedBy: issuer)
    }

    init(_ document: PEMDocument, signedBy issuer: CertificateDocument) throws {
        let contents: RevocationListContents
        do {
            guard document.discriminator == Self.pemType else {
                throw CredentialError(.malformed, "the PEM block is a \(document.discriminator)")
            }
            der = document.derBytes
            contents = try RevocationListContents(der: document.derBytes)
        } catch {
            throw CredentialError(.malformed, "not a certificate revocation list: \(error)")
        }
        let key = issuer.certificate.publicKey
        guard
            key.isValidSignature(
                contents.signature, for: contents.signedBytes, signatureAlgorithm: try key.listAlgorithm.algorithm)
        else {
            throw CredentialError(.refused, "the revocation list is not signed by '\(issuer.subject)'")
        }
        serials = contents.serials
        thisUpdate = contents.thisUpdate
        nextUpdate = contents.nextUpdate
        number = contents.number
    }

    init(der: [UInt8], serials: Set<String>, thisUpdate: Date, nextUpdate: Date, number: Int) {
        self.der = der
        self.serials = serials
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.number = number
    }

    /// Whether nothing is lost by going by this list instead of `other`, which is of the same issuer.
    func supersedes(_ other: RevocationList) -> Bool {
        (number, nextUpdate) >= (other.number, other.nextUpdate) && serials.isSuperset(of: other.serials)
    }

    /// The PEM form, ending in a newline.
    public var pem: String {
        // PEMDocument's own writer counts what is left at each line: minutes for a list of a hundred thousand.
        let lines = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN \(Self.pemType)-----\n\(lines)\n-----END \(Self.pemType)-----\n"
    }

    private static let pemType = "X509 CRL"
}
