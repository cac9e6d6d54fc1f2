public import VC3Certificates
import VC3Model

/// What an admin hands to a new party so that it gets its first certificate, in one word that every shell takes unquoted:
/// `HOST:PORT/PAIRING/SECRET/FINGERPRINT`.
public struct EnrolmentCode: Hashable, Sendable {
    /// Where the Infoservice listens for enrolments: a DNS name or an address.
    public let host: String
    public let port: Int
    /// The name of the pairing that the code belongs to.
    public let pairing: String
    public let secret: EnrolmentSecret
    /// SHA-256 of the root certificate's DER form, 64 lower-case hexadecimal digits: whoever answers must be certified by
    /// this root before it gets to see the secret.
    public let fingerprint: String

    public init(host: String, port: Int, pairing: String, secret: EnrolmentSecret, root: CertificateDocument) {
        self.host = host
        self.port = port
        self.pairing = pairing
        self.secret = secret
        fingerprint = Self.fingerprint(of: root)
    }

    /// - Throws: ``EnrolmentError`` `unusableCode`, saying which part is wrong and never quoting the secret.
    public init(text: String) throws(EnrolmentError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4 else {
            throw EnrolmentError(
                .unusableCode,
                "this is no enrolment code: it has \(parts.count) parts, and HOST:PORT/PAIRING/SECRET/FINGERPRINT has 4;"
                    + " copy all of what 'vc3-client pairing-create' printed")
        }
        guard let colon = parts[0].lastIndex(of: ":"), let port = Int(parts[0][parts[0].index(after: colon)...]),
            (1...65535).contains(port), Self.isHost(parts[0][..<colon])
        else {
            throw EnrolmentError(
                .unusableCode, "the enrolment code begins with '\(parts[0].prefix(80))'; it must begin with HOST:PORT")
        }
        if let problem = EntityName.problem(with: parts[1]) {
            throw EnrolmentError(.unusableCode, "the second part of the enrolment code, the pairing's name, \(problem)")
        }
        guard let secret = EnrolmentSecret(text: parts[2]) else {
            throw EnrolmentError(
                .unusableCode,
                "the third part of the enrolment code, its secret, is not 26 letters and digits; copy it again")
        }
        let fingerprint = parts[3].lowercased()
        guard fingerprint.utf8.count == 64, fingerprint.allSatisfy(\.isHexDigit) else {
            throw EnrolmentError(
                .unusableCode,
                "the last part of the enrolment code, the authority's fingerprint, is not 64 hexadecimal digits; copy it again"
            )
        }
        host = String(parts[0][..<colon])
        self.port = port
        pairing = parts[1]
        self.secret = secret
        self.fingerprint = fingerprint
    }

    public var text: String { "\(host):\(port)/\(pairing)/\(secret.text)/\(fingerprint)" }

    /// As ``fingerprint`` has it.
    public static func fingerprint(of root: CertificateDocument) -> String {
        root.fingerprint.lowercased().filter { $0 != ":" }
    }

    /// Whether a code may have it: a DNS name, an IPv4 address, or an IPv6 address without brackets, which shells would read
    /// as a pattern.
    public static func isHost(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789.-:_".unicodeScalars.contains(scalar))
            }
    }
}
