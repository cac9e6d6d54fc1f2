import Enrolling
import Foundation
import Testing
import VC3Certificates

/// What a party takes from somebody who claims to be the Infoservice.
struct FirstCertificateTests {
    private static let now = Date()

    private struct Authority {
        let root: CertificateIssuer
        let intermediate: CertificateIssuer

        init() throws {
            let (rootKey, key) = (try PrivateKey(), try PrivateKey())
            root = try CertificateIssuer.selfSigned(.root(SubjectName(commonName: "root")), key: rootKey, at: now)
            let certificate = try root.issue(.intermediate(SubjectName(commonName: "below")), for: key, at: now)
            intermediate = try CertificateIssuer(certificate: certificate, key: key)
        }

        func leaf(for key: PrivateKey, at start: Date = now) throws -> CertificateDocument {
            try intermediate.issue(
                .component(CertificateIdentity(role: "factory", name: "f")), for: key, at: start)
        }
    }

    @Test func aGoodOneIsTaken() throws {
        let authority = try Authority()
        let key = try PrivateKey()
        let pem = try authority.leaf(for: key).pem + authority.intermediate.certificate.pem
        let issued = try FirstCertificate(pem: pem, for: key, rootedIn: [authority.root.certificate], at: Self.now)
        #expect(issued.identity.uri == "vc3://factory/f" && issued.pem == pem)
    }

    @Test func whatDoesNotFitIsNot() throws {
        let (authority, other) = (try Authority(), try Authority())
        let key = try PrivateKey()
        let leaf = try authority.leaf(for: key)
        let whole = leaf.pem + authority.intermediate.certificate.pem
        let late = Self.now + 400 * 86_400
        let rows: [(what: String, pem: String, key: PrivateKey, root: CertificateDocument, at: Date)] = [
            ("no certificate", "nothing", key, authority.root.certificate, Self.now),
            ("another key", whole, try PrivateKey(), authority.root.certificate, Self.now),
            ("another root", whole, key, other.root.certificate, Self.now),
            ("a gap", leaf.pem, key, authority.root.certificate, Self.now),
            (
                "another intermediate", leaf.pem + other.intermediate.certificate.pem, key, other.root.certificate,
                Self.now
            ),
            ("past its end", whole, key, authority.root.certificate, late),
            (
                "an authority's, that names nobody", authority.intermediate.certificate.pem, key,
                authority.root.certificate, Self.now
            ),
        ]
        for row in rows {
            let error = #expect(throws: EnrolmentError.self, "\(row.what)") {
                try FirstCertificate(pem: row.pem, for: row.key, rootedIn: [row.root], at: row.at)
            }
            #expect(error?.code == .untrusted, "\(row.what)")
        }
    }
}
