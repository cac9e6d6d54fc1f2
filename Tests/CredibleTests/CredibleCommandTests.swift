import Foundation
import Testing
import VC3Testing
import VC3Certificates

@Suite struct CredibleCommandTests {
    /// The configuration of the admin guide, with another `vardir`.
    private func writeGuideConfiguration(in directory: String) throws -> String {
        let text = """
            [credible]
            storageplugin = Memory
            vardir = \(directory)/var

            [credible-ssh]
            keytype = rsa
            bitlength = 2048

            [credible-ssca]
            roottemplate = /etc/credible/openssl.cnf.root
            vardir = /var/credible
            bitlength = 2048

            # Test defaults.
            sscaname = VC3
            country = US
            locality = Upton
            state = NY
            organization = BNL
            orgunit = SDCC
            email =
            """
        try SecretFile.write(text, to: directory + "/credible.conf", mode: 0o600, replacing: true)
        return directory + "/credible.conf"
    }

    private func output(_ arguments: [String], in directory: String) async throws -> Tool.Outcome {
        let shell = #"exec "$0" "$@" 2>/dev/null"#
        return try await Tool.run(["bash", "-c", shell, try crediblePath()] + arguments)
    }

    @Test func commandsOfTheGuideMakeAWorkingServer() async throws {
        try await withScratchPath { directory in
            let configuration = try writeGuideConfiguration(in: directory)
            var files: [String: String] = [:]
            for command in ["hostcert", "hostkey", "certchain"] {
                let outcome = try await output(["-c", configuration, command], in: directory)
                #expect(outcome.status == 0)
                #expect(outcome.output.hasSuffix("-----\n\n"))
                #expect(outcome.output.hasPrefix("-----BEGIN "))
                files[command] = directory + "/" + command
                try SecretFile.write(outcome.output, to: directory + "/" + command, replacing: true)
            }
            let chain = try CertificateChain(pem: content(of: directory + "/certchain")).certificates
            #expect(chain.map(\.commonName) == ["defaultca-Root", "defaultca-Intermediate"])
            let certificate = try CertificateDocument(pem: content(of: directory + "/hostcert"))
            #expect(certificate.subject.hasSuffix("OU=SDCC,O=BNL,ST=NY,C=US"))
            let verified = try await Tool.run([
                "openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", directory + "/certchain",
                directory + "/hostcert",
            ])
            #expect(verified.status == 0, "\(verified.output)")
            #expect(try certificate.matches(PrivateKey(pem: content(of: directory + "/hostkey"))))
            let line = try await output(["-c", configuration, "sshpubkey", "ana"], in: directory).output
            let described = try await Tool.run(["ssh-keygen", "-lf", "-"], input: line).output
            #expect(described.hasPrefix("2048 SHA256:") && described.hasSuffix(" ana (RSA)\n"), "\(described)")
            let key = try await output(["-c", configuration, "sshprivkey", "ana"], in: directory).output
            try SecretFile.write(key, to: directory + "/ssh", mode: 0o600, replacing: true)
            #expect(try await Tool.run(["ssh-keygen", "-y", "-f", directory + "/ssh"]).output + "\n" == line)
        }
    }

    @Test(
        arguments: [
            (["hostcert", "a.example.org"], 0), (["hostcert", "--can", "x", "a.example.org"], 0),
            (["usercert", "Ana Maria"], 0), (["userkey", "ana", "-C", "x"], 0), (["sshpubkey", "ana"], 0),
            (["sshprivkey", "--store=s", "ana"], 0), (["--check-config"], 0), (["--help"], 0),
            (["hostcert", "--help"], 0),
            (["usercert"], 2), (["nonsense"], 2), ([], 2), (["hostcert", "--bogus"], 2), (["hostcert", "a", "b"], 2),
            (["--c", "x", "certchain"], 2), (["hostcert", "../a"], 1), (["usercert", "a/b"], 1),
            (["certchain", "-C", ".."], 1),
        ] as [([String], Int32)])
    func exitStatusTellsWhoIsAtFault(arguments: [String], status: Int32) async throws {
        try await withScratchPath { directory in
            try SecretFile.write("[credible]\nvardir = \(directory)/var\n", to: directory + "/c", replacing: false)
            let outcome = try await Tool.run([try crediblePath(), "-c", directory + "/c"] + arguments)
            #expect(outcome.status == status, "\(outcome.output)")
        }
    }

    @Test(arguments: [
        ("[credible]\n", "error: key 'vardir' is missing from [credible]"),
        (
            "[credible]\nvardir = /tmp\n[credible-ssca]\nbitlength = 512\n",
            "bitlength = '512' is not allowed; give 256, 384, 2048, 3072 or 4096, or None"
        ),
        (
            "[credible]\nvardir = /tmp\n[credible-ssca]\ncountry = USA\n",
            "country = 'USA' is not allowed; give a country code of two letters"
        ),
        ("vardir = /tmp\n", "stands before the first section"),
    ])
    func badConfigurationIsNamedAndNothingIsMade(text: String, message: String) async throws {
        try await withScratchPath { directory in
            try SecretFile.write(text, to: directory + "/c", replacing: false)
            for arguments in [["--check-config"], ["certchain"]] {
                let outcome = try await Tool.run([try crediblePath(), "-c", directory + "/c"] + arguments)
                #expect(outcome.status == 1)
                #expect(outcome.output.contains(message), "\(outcome.output)")
            }
        }
    }

    @Test func settingsWithoutEffectAreWarningsOnStandardError() async throws {
        try await withScratchPath { directory in
            let configuration = try writeGuideConfiguration(in: directory)
            let outcome = try await credible("-c", configuration, "--check-config")
            #expect(outcome.status == 0)
            let warnings = outcome.output.split(separator: "\n").filter { $0.contains(": warning: ") }
            #expect(warnings.count == 2, "\(outcome.output)")
        }
    }

    @Test func missingConfigurationFileIsNamed() async throws {
        let outcome = try await credible("-c", "/nonexistent/credible.conf", "certchain")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("/nonexistent/credible.conf"))
    }
}
