import Credible
import Foundation
import Testing
import VC3Testing
import VC3Certificates

/// What a kill between two steps leaves behind: every set of files in which a later one is missing.
@Suite struct InterruptionTests {
    private static let steps = [
        "root/private/root.keynopw.pem", "root/certs/root.cert.pem", "intermediate/private/intermediate.keynopw.pem",
        "intermediate/certs/intermediate.cert.pem", "intermediate/certs/ca-chain.cert.pem",
        "intermediate/private/a.example.org.keynopw.pem", "intermediate/certs/a.example.org.cert.pem",
    ]

    @Test(arguments: 0...steps.count)
    func halfMadeAuthorityIsCompletedWithWhatIsThere(kept: Int) async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            _ = try authority.host("a.example.org")
            let base = directory + "/ssca/defaultca/"
            for step in Self.steps[kept...] { try FileManager.default.removeItem(atPath: base + step) }
            try SecretFile.makeDirectory(base + ".unfinished")
            try SecretFile.write("cut", to: base + ".unfinished/0", replacing: true)
            let before = try Self.steps[..<kept].map { try content(of: base + $0) }
            let credential = try authority.host("a.example.org")
            #expect(try Self.steps[..<kept].map { try content(of: base + $0) } == before)
            #expect(credential.certificate.isSigned(by: credential.intermediate))
            #expect(credential.intermediate.isSigned(by: credential.root))
            #expect(credential.certificate.matches(credential.key))
            #expect(try content(of: base + Self.steps[4]) == credential.root.pem + credential.intermediate.pem)
            #expect(try authority.host("a.example.org").certificate == credential.certificate)
            #expect(try FileManager.default.contentsOfDirectory(atPath: base + ".unfinished").isEmpty)
        }
    }

    @Test func rootKeyMayBeKeptElsewhere() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let chain = try authority.certificateChain()
            try FileManager.default.removeItem(atPath: directory + "/ssca/defaultca/" + Self.steps[0])
            #expect(try authority.certificateChain() == chain)
            #expect(try authority.user("ana").intermediate == chain.certificates[1])
        }
    }

    @Test(arguments: [
        (remove: [0, 3], message: "the root key"),
        (remove: [2], message: "the intermediate key"),
    ])
    func lostAuthorityKeyIsNotReplacedInSilence(remove: [Int], message: String) async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            _ = try authority.certificateChain()
            for step in remove {
                try FileManager.default.removeItem(atPath: directory + "/ssca/defaultca/" + Self.steps[step])
            }
            let error = #expect(throws: CredibleError.self) { try authority.certificateChain() }
            #expect(error?.code == .damaged)
            #expect(error?.message.hasPrefix(message) == true)
        }
    }

    @Test(arguments: [0, 1, 2, 3])
    func foreignFileOfTheAuthorityIsReported(step: Int) async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let other = try CertificateAuthority(vardir: directory, name: "other")
            _ = try (authority.certificateChain(), other.certificateChain())
            let path = directory + "/ssca/defaultca/" + Self.steps[step]
            try SecretFile.write(content(of: directory + "/ssca/other/" + Self.steps[step]), to: path, replacing: true)
            // The root key is looked at only when it is needed.
            if step == 0 {
                try FileManager.default.removeItem(atPath: directory + "/ssca/defaultca/" + Self.steps[3])
            }
            let error = #expect(throws: CredibleError.self) { try authority.certificateChain() }
            #expect(error?.code == .damaged)
            #expect(try content(of: path) == content(of: directory + "/ssca/other/" + Self.steps[step]))
        }
    }

    @Test func certificateForAnotherKeyIsIssuedAnew() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let first = try authority.host("a.example.org")
            try SecretFile.write(PrivateKey().pem, to: first.keyPath, replacing: true)
            let second = try authority.host("a.example.org")
            #expect(second.certificate.matches(second.key))
            #expect(second.keyPEM != first.keyPEM)
        }
    }

    @Test func tenProcessesAtOnceGetOneCertificate() async throws {
        let directory = NSTemporaryDirectory() + "vc3-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try SecretFile.write("[credible]\nvardir = \(directory)\n", to: directory + "/c.conf", replacing: false)
        let loop = """
            for i in 1 2 3 4 5 6 7 8 9 10; do
                "$0" -c "$1/c.conf" hostcert a.example.org > "$1/out.$i" & children="$children $!"
            done
            for child in $children; do wait "$child" || exit 1; done
            """
        let outcome = try await Tool.run(["bash", "-c", loop, try crediblePath(), directory])
        #expect(outcome.status == 0, "\(outcome.output)")
        let outputs = try (1...10).map { try content(of: "\(directory)/out.\($0)") }
        #expect(Set(outputs).count == 1)
        let index = try content(of: directory + "/ssca/defaultca/intermediate/index.txt")
        #expect(index.split(separator: "\n").count == 1)
    }

    @Test func killAtAnyMomentLeavesAnAuthorityThatWorks() async throws {
        try await withScratchPath { directory in
            let rounds = """
                for i in $(seq 1 40); do
                    dir="$1/$i"; mkdir "$dir"; printf '[credible]\\nvardir = %s\\n' "$dir" > "$dir/c"
                    "$0" -c "$dir/c" hostcert a.example.org > /dev/null 2>&1 & child=$!
                    sleep 0.0$((i % 8))$((RANDOM % 10)); kill -9 $child; wait $child
                done 2> /dev/null
                true
                """
            _ = try await Tool.run(["bash", "-c", rounds, try crediblePath(), directory])
            for round in 1...40 {
                let authority = try CertificateAuthority(vardir: "\(directory)/\(round)")
                let credential = try authority.host("a.example.org")
                #expect(credential.certificate.isSigned(by: credential.intermediate))
                #expect(credential.intermediate.isSigned(by: credential.root))
                #expect(credential.certificate.matches(credential.key))
                let names = try FileManager.default.subpathsOfDirectory(atPath: "\(directory)/\(round)")
                #expect(!names.contains { $0.contains(".unfinished/") })
            }
        }
    }
}
