import ArgumentParser
import Credible
import Foundation
import VC3Certificates

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain certificates, a signing request or an SSH public key.",
        discussion: """
            Examples:
              credible inspect /etc/pki/tls/certs/hostcert.pem
              credible inspect 4F3A...               (the serial number of an issued certificate)
              credible inspect - < request.pem
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Argument(help: "A file, - for standard input, or the serial number of an issued certificate.") var subject: String

    func run() throws {
        if Self.isSerial(subject), !FileManager.default.fileExists(atPath: subject) {
            return try credible.withSettings { settings in
                let authority = try credible.authority(settings, authority.name)
                let certificate = try authority.certificate(serial: subject)
                let issued = try authority.issued().first { $0.serial == certificate.serial }
                return Self.lines(of: certificate).joined(separator: "\n")
                    + "\nstatus         \(issued?.status.rawValue ?? "unknown")"
            }
        }
        print(try Self.explanation(of: InputFile.text(of: subject), subject))
    }

    private static func isSerial(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 40 && text.allSatisfy(\.isHexDigit)
    }

    private static func explanation(of text: String, _ path: String) throws -> String {
        if text.contains("-----BEGIN CERTIFICATE-----") {
            let certificates = try CertificateChain(pem: text).certificates
            return certificates.map { lines(of: $0).joined(separator: "\n") }.joined(separator: "\n\n")
        }
        if text.contains("CERTIFICATE REQUEST-----") {
            let request = try SigningRequest(pem: text)
            let names = request.alternativeNames.map(\.description).joined(separator: ", ")
            return
                "request\nsubject        \(request.subject)\nkey            \(request.keyDescription)\nnames          \(names)"
        }
        if let key = try? SSHPublicKey(parsing: text) {
            return
                "SSH public key\ntype           \(key.type)\nfingerprint    \(key.fingerprint)\ncomment        \(key.comment)"
        }
        throw Failure("'\(path)' has neither a certificate, nor a signing request, nor an SSH public key")
    }

    private static func lines(of certificate: CertificateDocument) -> [String] {
        let names = certificate.alternativeNames.map(\.description).joined(separator: ", ")
        let limits = certificate.limits
        return [
            certificate.isAuthority ? "authority" : "certificate",
            "subject        \(certificate.subject)",
            "issuer         \(certificate.issuer)",
            "serial         \(certificate.serial)",
            "valid          \(certificate.notBefore.formatted(.iso8601)) to \(certificate.notAfter.formatted(.iso8601))",
            "key            \(certificate.keyDescription)",
            names.isEmpty ? nil : "names          \(names)",
            certificate.identity.map { "identity       \($0)" },
            certificate.purposes.isEmpty ? nil : "purposes       \(certificate.purposes.joined(separator: ", "))",
            limits.isEmpty ? nil : "only for       \((limits.domains + limits.networks).joined(separator: ", "))",
            "fingerprint    \(certificate.fingerprint)",
        ].compactMap { $0 }
    }
}
