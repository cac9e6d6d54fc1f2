import Foundation
import Testing
import VC3Testing
import VC3Certificates

@Suite struct NamingLimitsTests {
    @Test func onlyNamesWithinAreAllowed() throws {
        let limits = try NamingLimits(domains: ["Example.org"], networks: ["10.0.0.0/8", "2001:db8::/33"])
        for name: AlternativeName in [
            .dns("example.org"), .dns("A.example.ORG"), .ip("10.255.0.1"), .ip("2001:db8::1"), .uri("vc3://user/ana"),
        ] { #expect(limits.allow(name), "\(name)") }
        for name: AlternativeName in [
            .dns("anexample.org"), .dns("example.org.evil.com"), .ip("11.0.0.1"), .ip("2001:db8:8000::1"),
            .dns("localhost"),
        ] { #expect(!limits.allow(name), "\(name)") }
        #expect(try NamingLimits(domains: ["example.org"], networks: []).allow(.ip("11.0.0.1")))
        #expect(NamingLimits.none.allow(.dns("anything")))
    }

    @Test(arguments: ["", ".", "a..b", "-a.org", "a b", "*.example.org", "ä.org"])
    func otherDomainsAreRefused(domain: String) {
        #expect(throws: CredentialError.self) { try NamingLimits(domains: [domain], networks: []) }
    }

    @Test(arguments: ["10.0.0.0", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "x/8", "::/129"])
    func otherNetworksAreRefused(network: String) {
        #expect(throws: CredentialError.self) { try NamingLimits(domains: [], networks: [network]) }
    }

    @Test func certificateCarriesThemAndOpensslAgrees() async throws {
        let key = try PrivateKey()
        let root = try CertificateIssuer.selfSigned(.root(SubjectName(commonName: "r")), key: key, at: Date())
        let limits = try NamingLimits(domains: ["example.org"], networks: ["10.0.0.0/8", "2001:db8::/32"])
        let certificate = try root.issue(
            .intermediate(SubjectName(commonName: "i"), limits: limits), for: key, at: Date())
        #expect(certificate.limits == limits)
        #expect(root.certificate.limits == .none)
        let text = try await Tool.run(["openssl", "x509", "-noout", "-text"], input: certificate.pem).output
        #expect(text.contains("X509v3 Name Constraints: critical"))
        #expect(text.contains("DNS:example.org") && text.contains("IP:10.0.0.0/255.0.0.0"))
        let issuer = try CertificateIssuer(certificate: certificate, key: key)
        let error = #expect(throws: CredentialError.self) {
            try issuer.issue(.host("evil.example.com"), for: key, at: Date())
        }
        #expect(error?.message.contains("limited to example.org, 10.0.0.0/8, 2001:db8::/32") == true)
    }
}
