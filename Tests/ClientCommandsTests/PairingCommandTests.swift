import Enrolling
import Foundation
import InfoserviceAPI
import Testing
import VC3Certificates
import VC3Model
import VC3Testing

/// `pairing-create`, `-list`, `-delete` and `-retrieve`.
struct PairingCommandTests {
    private static func withBench(
        roots: Int = 1, _ body: (CommandLineBench, CertificateDocument) async throws -> Void
    ) async throws {
        try await withScratchDirectory { directory in
            let authorities = try (0..<roots).map { _ in try TestAuthority().issuer.certificate }
            let chain = directory.appending(path: "chain.pem")
            try authorities.map(\.pem).joined().write(to: chain, atomically: true, encoding: .utf8)
            var bench = CommandLineBench()
            bench.trustedFile = chain.path
            try await body(bench, authorities[0])
        }
    }

    @Test func aLostAnswerCostsNoCode() async throws {
        try await Self.withBench { bench, _ in
            await bench.infoservice.failNext(VC3Error(.unavailable, "the connection was lost"))
            let outcome = await bench.run("pairing-create ana")
            #expect(outcome.exitCode == 0, "\(outcome.output)")
            let code = try EnrolmentCode(text: outcome.output.trimmingCharacters(in: .newlines))
            #expect(try await bench.infoservice.records(.pairing).items.map(\.name) == [code.pairing])
            for _ in 0..<2 { await bench.infoservice.failNext(VC3Error(.unavailable, "nobody is there")) }
            #expect(await bench.run("pairing-create ben").exitCode != 0)
        }
    }

    @Test func theCodeIsAllThatIsPrintedAndIsNotKept() async throws {
        try await Self.withBench { bench, root in
            let outcome = await bench.run(
                "pairing-create web.example.org --role host --host-name www.example.org --host-name 10.0.0.7 --lifetime 2h"
            )
            #expect(outcome.exitCode == 0, "\(outcome.output)")
            let code = try EnrolmentCode(text: outcome.output.trimmingCharacters(in: .newlines))
            #expect(code.host == "info.example.edu" && code.port == 20_335)
            #expect(code.fingerprint == EnrolmentCode.fingerprint(of: root))
            #expect(code.pairing.hasPrefix("host-web.example.org-"))
            let record = try await bench.infoservice.record(.pairing, code.pairing)
            #expect(record.spec["cn"] == "web.example.org" && record.spec["role"] == "host")
            #expect(record.spec["hosts"] == ["www.example.org", "10.0.0.7"])
            #expect(record.spec["codehash"]?.stringValue == code.secret.digest)
            #expect(record.spec["expires"]?.stringValue == "\(CommandLineBench.now + .seconds(7200))")
            #expect(!"\(record)".contains(code.secret.text) && !outcome.notes.contains(code.secret.text))
            #expect(outcome.notes.contains("vc3 enrol"))
        }
    }

    @Test(arguments: [
        ("pairing-create ana --address i.example.org", "i.example.org:20335/user-ana-"),
        ("pairing-create ana --address 10.0.0.9:444", "10.0.0.9:444/user-ana-"),
        ("pairing-create ana --address fd00::9", "fd00::9:20335/user-ana-"),
        ("pairing-create F.2 --role factory", "info.example.edu:20335/factory-f.2-"),
    ])
    func whereAndWhoStandsInTheCode(line: String, start: String) async throws {
        try await Self.withBench { bench, _ in
            let outcome = await bench.run(line)
            #expect(outcome.exitCode == 0 && outcome.output.hasPrefix(start), "\(outcome.output)")
        }
    }

    @Test(arguments: [
        ("pairing-create ana --role king", "--role"), ("pairing-create a/b", "contains"),
        ("pairing-create a/b --role host", "neither a host name"),
        ("pairing-create w --role host --host-name x;y", "x;y"),
        ("pairing-create ana --address h:0", "--address"), ("pairing-create ana --address a;b", "--address"),
        ("pairing-create ana --lifetime never", "lifetime"), ("pairing-create", "commonname"),
    ])
    func whatIsWrongIsRefusedBeforeAnythingIsMade(line: String, word: String) async throws {
        try await Self.withBench { bench, _ in
            let outcome = await bench.run(line)
            #expect(outcome.exitCode == 2)
            #expect((outcome.output + outcome.notes).contains(word), "\(outcome.output)\(outcome.notes)")
            let made = try await bench.infoservice.records(.pairing).items
            #expect(made.isEmpty)
        }
    }

    @Test func aChainOfSeveralRootsIsNoFingerprint() async throws {
        try await Self.withBench(roots: 2) { bench, _ in
            let outcome = await bench.run("pairing-create ana")
            #expect(outcome.exitCode == 1 && outcome.output.contains("2 root certificates"))
        }
        let outcome = await CommandLineBench().run("pairing-create ana")
        #expect(outcome.exitCode == 1 && outcome.output.contains("/nonexistent/chain.pem"))
    }

    @Test func theyAreListedAndEnded() async throws {
        try await Self.withBench { bench, _ in
            let code = try EnrolmentCode(
                text: await bench.run("pairing-create ana").output.trimmingCharacters(in: .newlines))
            let table = await bench.run("pairing-list --output table").output
            #expect(table.contains("ROLE") && table.contains(code.pairing) && !table.contains(code.secret.text))
            #expect(await bench.run("pairing-list --pairingname nobody").exitCode == 3)
            #expect(await bench.run("pairing-delete \(code.pairing)").exitCode == 0)
            #expect(await bench.run("pairing-delete \(code.pairing)").exitCode == 3)
        }
    }

    @Test func theOriginalsCodesBringCertificateAndKey() async throws {
        let bench = CommandLineBench()
        #expect(await bench.run("pairing-retrieve w1-ABCDEF").output == "CERTIFICATE\n\nKEY")
        let late = await bench.run("pairing-retrieve w1-XXXXXX")
        #expect(late.exitCode == 0 && late.output.contains("Retry in 30 seconds"))
        try await withScratchDirectory { directory in
            let (certificate, key) = (directory.appending(path: "c").path, directory.appending(path: "k").path)
            try "old".write(toFile: key, atomically: true, encoding: .utf8)
            let outcome = await bench.run("pairing-retrieve w1-ABCDEF --certfile \(certificate) --keyfile \(key)")
            #expect(outcome.exitCode == 0 && outcome.output.isEmpty)
            #expect(try String(contentsOfFile: certificate, encoding: .utf8) == "CERTIFICATE")
            #expect(try String(contentsOfFile: key, encoding: .utf8) == "KEY")
            let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        let misplaced = await bench.run("pairing-retrieve h:1/p/s/f")
        #expect(misplaced.exitCode == 2 && misplaced.output.contains("vc3 enrol"))
    }
}
