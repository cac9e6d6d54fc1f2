import Foundation
import Testing
import VC3Testing
import VC3Certificates

/// A root, an intermediate and leaves of one kind of key, as files for `openssl`.
private struct Hierarchy {
    let now = Date()
    let root: CertificateIssuer
    let intermediate: CertificateIssuer
    let key: PrivateKey

    init(_ kind: KeyKind) throws {
        let site = SubjectName(country: "US", organization: "Test")
        var (rootName, intermediateName) = (site, site)
        rootName.commonName = "t-Root"
        intermediateName.commonName = "t-Intermediate"
        let rootKey = try PrivateKey(generating: kind)
        let intermediateKey = try PrivateKey(generating: kind)
        root = try .selfSigned(.root(rootName), key: rootKey, at: now)
        intermediate = try CertificateIssuer(
            certificate: root.issue(.intermediate(intermediateName), for: intermediateKey, at: now),
            key: intermediateKey)
        key = try PrivateKey(generating: kind)
    }

    func verify(_ certificate: CertificateDocument, purpose: String, in directory: String) async throws -> Tool.Outcome
    {
        try SecretFile.write(root.certificate.pem, to: directory + "/root.pem", replacing: true)
        try SecretFile.write(intermediate.certificate.pem, to: directory + "/int.pem", replacing: true)
        try SecretFile.write(certificate.pem, to: directory + "/leaf.pem", replacing: true)
        return try await Tool.run([
            "openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", directory + "/root.pem", "-untrusted",
            directory + "/int.pem", directory + "/leaf.pem",
        ])
    }
}

@Suite struct CertificateIssuerTests {
    @Test(arguments: [KeyKind.p256, .p384, .ed25519, .rsa2048])
    func opensslAcceptsHostCertificatesAtBothEnds(kind: KeyKind) async throws {
        try await withScratchPath { directory in
            let hierarchy = try Hierarchy(kind)
            let certificate = try hierarchy.intermediate.issue(
                .host("a.example.org", alsoKnownAs: [.ip("10.0.0.7"), .ip("2001:db8::1")]), for: hierarchy.key,
                at: hierarchy.now)
            for purpose in ["sslserver", "sslclient"] {
                let outcome = try await hierarchy.verify(certificate, purpose: purpose, in: directory)
                #expect(outcome.status == 0, "\(outcome.output)")
            }
            let text = try await Tool.run(["openssl", "x509", "-noout", "-text"], input: certificate.pem).output
            #expect(
                text.contains(
                    "DNS:a.example.org, IP Address:10.0.0.7, IP Address:2001:DB8:0:0:0:0:0:1, URI:vc3://host/a.example.org"
                ))
            #expect(text.contains("TLS Web Server Authentication, TLS Web Client Authentication"))
            #expect(text.contains("Key Encipherment") == (kind == .rsa2048))
            let host = try await Tool.run(
                ["openssl", "x509", "-noout", "-checkhost", "a.example.org", "-checkip", "10.0.0.7"],
                input: certificate.pem)
            #expect(!host.output.contains("NOT"))
            let serial = try await Tool.run(["openssl", "x509", "-noout", "-serial"], input: certificate.pem).output
            #expect(serial == "serial=\(certificate.serial)\n")
            let key = try await Tool.run(["openssl", "pkey", "-pubout"], input: hierarchy.key.pem).output
            #expect(try await Tool.run(["openssl", "x509", "-noout", "-pubkey"], input: certificate.pem).output == key)
        }
    }

    @Test func userCertificateServesOnlyTheClientEnd() async throws {
        try await withScratchPath { directory in
            let hierarchy = try Hierarchy(.p256)
            let certificate = try hierarchy.intermediate.issue(.user("ana"), for: hierarchy.key, at: hierarchy.now)
            #expect(try await hierarchy.verify(certificate, purpose: "sslclient", in: directory).status == 0)
            #expect(try await hierarchy.verify(certificate, purpose: "sslserver", in: directory).status != 0)
            #expect(certificate.identity == (try CertificateIdentity(role: "user", name: "ana")))
            #expect(certificate.commonName == "ana")
        }
    }

    @Test func authoritiesAreLimitedToTwoLevels() async throws {
        try await withScratchPath { directory in
            let hierarchy = try Hierarchy(.p256)
            let text = try await Tool.run(
                ["openssl", "x509", "-noout", "-text"], input: hierarchy.root.certificate.pem
            )
            .output
            #expect(text.contains("CA:TRUE, pathlen:1"))
            let below = try hierarchy.intermediate.issue(
                .intermediate(SubjectName(commonName: "too deep")), for: hierarchy.key, at: hierarchy.now)
            try SecretFile.write(hierarchy.root.certificate.pem, to: directory + "/root.pem", replacing: true)
            try SecretFile.write(
                hierarchy.intermediate.certificate.pem + below.pem, to: directory + "/int.pem", replacing: true)
            let deepKey = try PrivateKey()
            let leaf = try CertificateIssuer(certificate: below, key: hierarchy.key)
                .issue(.user("x"), for: deepKey, at: hierarchy.now)
            try SecretFile.write(leaf.pem, to: directory + "/leaf.pem", replacing: true)
            let outcome = try await Tool.run([
                "openssl", "verify", "-x509_strict", "-CAfile", directory + "/root.pem", "-untrusted",
                directory + "/int.pem", directory + "/leaf.pem",
            ])
            #expect(outcome.status != 0 && outcome.output.contains("path length constraint exceeded"))
        }
    }

    @Test func validityIsBackdatedAndNeverOutlivesTheIssuer() throws {
        let hierarchy = try Hierarchy(.p256)
        let certificate = try hierarchy.intermediate.issue(
            .user("ana", lifetime: .days(100_000)), for: hierarchy.key, at: hierarchy.now)
        #expect(abs(certificate.notBefore.timeIntervalSince(hierarchy.now) + 60) < 1)
        #expect(certificate.notAfter == hierarchy.intermediate.certificate.notAfter)
        let late = hierarchy.intermediate.certificate.notAfter.addingTimeInterval(1)
        #expect(throws: CredentialError.self) {
            try hierarchy.intermediate.issue(.user("ana"), for: hierarchy.key, at: late)
        }
    }

    @Test func nameTooLongForTheSubjectStillStandsInTheAlternativeNames() async throws {
        try await withScratchPath { directory in
            let hierarchy = try Hierarchy(.p256)
            let name = String(repeating: "a", count: 60) + ".example.org"
            let certificate = try hierarchy.intermediate.issue(.host(name), for: hierarchy.key, at: hierarchy.now)
            #expect(certificate.commonName == nil)
            #expect(certificate.identity?.name == name)
            let outcome = try await hierarchy.verify(certificate, purpose: "sslserver", in: directory)
            #expect(outcome.status == 0, "\(outcome.output)")
        }
    }

    @Test(arguments: [KeyKind.p256, .p384, .ed25519, .rsa2048])
    func requestIsAcceptedByOpensslAndGivesOnlyItsKeyAway(kind: KeyKind) async throws {
        let hierarchy = try Hierarchy(.p256)
        let key = try PrivateKey(generating: kind)
        let pem = try SigningRequest(key: key, commonName: "master", alternativeNames: [.dns("evil.example.org")]).pem()
        #expect(try await Tool.run(["openssl", "req", "-verify", "-noout"], input: pem).status == 0)
        let request = try SigningRequest(pem: pem)
        #expect(request.alternativeNames == [.dns("evil.example.org")])
        let certificate = try hierarchy.intermediate.issue(
            .component(CertificateIdentity(role: "factory", name: "one")), for: request, at: hierarchy.now)
        #expect(certificate.matches(key))
        #expect(certificate.alternativeNames == [.uri("vc3://factory/one")])
        #expect(certificate.isSigned(by: hierarchy.intermediate.certificate))
        #expect(!certificate.isSigned(by: hierarchy.root.certificate))
    }

    @Test func requestSignedWithAnotherKeyIsRefused() throws {
        let pem = try SigningRequest(key: PrivateKey(), commonName: "a").pem()
        let body = pem.split(separator: "\n").dropFirst().dropLast().joined()
        var der = try #require(Data(base64Encoded: body))
        der[der.count - 1] ^= 1
        let forged =
            "-----BEGIN CERTIFICATE REQUEST-----\n"
            + der.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
            + "\n-----END CERTIFICATE REQUEST-----\n"
        let error = #expect(throws: CredentialError.self) { _ = try SigningRequest(pem: forged) }
        #expect(error?.code == .refused)
    }

    @Test func keyOfAnotherCertificateCannotSign() throws {
        let hierarchy = try Hierarchy(.p256)
        #expect(throws: CredentialError.self) {
            try CertificateIssuer(certificate: hierarchy.root.certificate, key: PrivateKey())
        }
    }

    @Test func chainIsReadInFileOrderWithTextAround() throws {
        let hierarchy = try Hierarchy(.p256)
        let (root, intermediate) = (hierarchy.root.certificate, hierarchy.intermediate.certificate)
        let text =
            "subject=x\n" + root.pem + "\n\n# next\n" + hierarchy.key.pem
            + intermediate.pem.replacing("\n", with: "\r\n")
        #expect(try CertificateChain(pem: text).certificates == [root, intermediate])
        let leaf = try hierarchy.intermediate.issue(.user("ana"), for: hierarchy.key, at: hierarchy.now)
        #expect(CertificateChain([root, intermediate]).path(from: leaf).certificates == [leaf, intermediate])
        #expect(CertificateChain([root]).path(from: leaf).certificates == [leaf])
        #expect(throws: CredentialError.self) { try CertificateChain(pem: "nothing") }
        #expect(throws: CredentialError.self) { try CertificateChain(pem: String(root.pem.dropLast(40))) }
    }
}

@Suite struct PrivateKeyTests {
    @Test(arguments: [KeyKind.p256, .p384, .ed25519, .rsa2048])
    func pemRoundTrips(kind: KeyKind) throws {
        let key = try PrivateKey(generating: kind)
        #expect(try PrivateKey(pem: key.pem).pem == key.pem)
        #expect(!"\(key)".contains("BEGIN"))
    }

    @Test(arguments: [
        ["openssl", "genpkey", "-algorithm", "ed25519"],
        ["openssl", "genrsa", "-traditional", "2048"],
        ["openssl", "genrsa", "2048"],
        ["openssl", "ecparam", "-genkey", "-noout", "-name", "prime256v1"],
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    ])
    func keysMadeByOpensslAreRead(command: [String]) async throws {
        let output = try await Tool.run(command).output
        let pem = String(output[(try #require(output.range(of: "-----BEGIN"))).lowerBound...])
        let ours = try PrivateKey(pem: pem)
        let theirs = try await Tool.run(["openssl", "pkey", "-pubout"], input: pem).output
        #expect(try await Tool.run(["openssl", "pkey", "-pubout"], input: ours.pem).output == theirs)
    }

    @Test func brokenKeyIsNotRepeatedInTheError() {
        let error = #expect(throws: CredentialError.self) {
            try PrivateKey(pem: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")
        }
        #expect(error?.message.contains("c2VjcmV0") == false)
    }
}

@Suite struct CertificateIdentityTests {
    @Test(arguments: ["ana", "a.example.org", "ana@example.org", "José M", "100%", "a:b"])
    func everyNameSurvivesTheURI(name: String) throws {
        let identity = try CertificateIdentity(role: "user", name: name)
        #expect(CertificateIdentity(uri: identity.uri) == identity)
        #expect(identity.uri.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test(arguments: [
        "", "vc3://", "vc3://user", "vc3://user/", "vc3:///ana", "vc3://User/ana", "vc3://user/ana/x", "vc3://user/a%2",
        "vc3://user/a%zz", "vc3://user/%61na", "vc3://user/a%40b/", "https://user/ana", "VC3://user/ana",
        "vc3://user/a b",
        "vc3://user/%ff", "vc3://user/a%2fb", "vc3://user/a%+1",
    ])
    func otherSpellingsAreNoIdentity(uri: String) {
        #expect(CertificateIdentity(uri: uri) == nil)
    }

    @Test func bearerOfTwoIdentitiesHasNone() throws {
        let key = try PrivateKey()
        let root = try CertificateIssuer.selfSigned(.root(SubjectName(commonName: "r")), key: key, at: Date())
        let profile = try CertificateProfile.component(
            CertificateIdentity(role: "master", name: "m"), alsoKnownAs: [.uri("vc3://user/root")])
        #expect(try root.issue(profile, for: key, at: Date()).identity == nil)
    }
}
