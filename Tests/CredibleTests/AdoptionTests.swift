import Credible
import Foundation
import Testing
import VC3Testing
import VC3Certificates

/// A directory that earlier versions of Credible filled by means of `openssl`.
@Suite struct AdoptionTests {
    private static let earlierVersion = """
        set -e
        cd "$0"; mkdir -p root/private root/certs intermediate/private intermediate/certs
        printf 'basicConstraints=critical,CA:true\\nkeyUsage=critical,digitalSignature,cRLSign,keyCertSign\\n' > ca
        printf 'subjectKeyIdentifier=hash\\nauthorityKeyIdentifier=keyid:always,issuer\\n' >> ca
        sed 's/CA:true/CA:true,pathlen:0/' ca > int
        printf 'basicConstraints=CA:FALSE\\nextendedKeyUsage=serverAuth\\n' > host
        printf '[req]\\ndistinguished_name=d\\nx509_extensions=e\\n[d]\\n[e]\\n' | cat - ca > conf
        openssl genrsa -traditional -out root/private/root.keynopw.pem 2048
        openssl req -x509 -new -config conf -days 7300 -subj /C=US/O=BNL/CN=defaultca-Root \\
            -key root/private/root.keynopw.pem -out root/certs/root.cert.pem
        openssl genrsa -traditional -out intermediate/private/intermediate.keynopw.pem 2048
        openssl req -new -config conf -subj /C=US/O=BNL/CN=defaultca-Intermediate \\
            -key intermediate/private/intermediate.keynopw.pem -out csr
        openssl x509 -req -in csr -extfile int -days 3650 -CA root/certs/root.cert.pem \\
            -CAkey root/private/root.keynopw.pem -set_serial 0x1000 -out intermediate/certs/intermediate.cert.pem
        openssl genrsa -traditional -out intermediate/private/a.example.org.keynopw.pem 2048
        openssl req -new -config conf -subj /CN=a.example.org \\
            -key intermediate/private/a.example.org.keynopw.pem -out csr
        openssl x509 -req -in csr -extfile host -days 375 -CA intermediate/certs/intermediate.cert.pem \\
            -CAkey intermediate/private/intermediate.keynopw.pem -set_serial 0x1000 \\
            -out intermediate/certs/a.example.org.cert.pem
        """

    @Test func authorityOfAnEarlierVersionGoesOn() async throws {
        try await withScratchPath { directory in
            let base = directory + "/ssca/defaultca"
            try SecretFile.makeDirectory(base)
            let made = try await Tool.run(["bash", "-c", Self.earlierVersion, base])
            try #require(made.status == 0, "\(made.output)")
            let oldHost = try CertificateDocument(pem: content(of: base + "/intermediate/certs/a.example.org.cert.pem"))
            let oldChain =
                try content(of: base + "/root/certs/root.cert.pem")
                + content(of: base + "/intermediate/certs/intermediate.cert.pem")
            let authority = try CertificateAuthority(vardir: directory)
            let host = try authority.host("a.example.org")
            #expect(try authority.certificateChainPEM() == oldChain)
            #expect(oldHost.matches(host.key))
            #expect(oldHost.alternativeNames.isEmpty)
            #expect(host.certificate.alternativeNames.contains(.dns("a.example.org")))
            try SecretFile.write(oldChain, to: directory + "/chain.pem", replacing: true)
            try SecretFile.write(host.certificatePEM, to: directory + "/leaf.pem", replacing: true)
            let outcome = try await Tool.run([
                "openssl", "verify", "-purpose", "sslclient", "-CAfile", directory + "/chain.pem",
                directory + "/leaf.pem",
            ])
            #expect(outcome.status == 0, "\(outcome.output)")
        }
    }
}
