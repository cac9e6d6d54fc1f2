import Foundation
import InfoserviceAPI
import InfoserviceServer
import Testing
import VC3Certificates
import VC3Model
import VC3Testing

/// The original's wire protocol, tried by another language's HTTP client over mutual TLS: Tests/Integration/legacy.
@Suite(.timeLimit(.minutes(5)))
struct LegacyScriptTests {
    private static let callers: [String: Identity] = [
        "admin": .admin, "ana": .ana, "ben": .ben, "master": .master, "factory": .factory,
        "agent": Identity(role: .agent, name: "host.example.org"),
        "stranger": Identity(role: .agent, name: "other.example.org"),
    ]

    @Test(arguments: ["endpoints", "merging", "scripts", "authority"])
    func existingClientsWork(script: String) async throws {
        try await run(script, .on)
    }

    @Test func readonlyRefusesWrites() async throws { try await run("readonly", .readonly) }

    @Test func offServesNothing() async throws { try await run("off", .off) }

    private func run(_ script: String, _ mode: LegacyMode) async throws {
        try await withScratchDirectory { folder in
            try await withStore { store in
                _ = try await InfoserviceSession(identity: .admin, engine: store).create(.sampleNodeinfo("kept"))
                if mode == .on {
                    try await InfoserviceSession(identity: .admin, engine: store).delete(.nodeinfo, "kept")
                }
                try await withRunningInfoservice(on: store, legacy: mode) { running in
                    try Self.writeCredentials(of: running.authority, to: folder)
                    let outcome = try await Tool.run([
                        "env", "VC3_LEGACY_PKI=\(folder.path)", "VC3_LEGACY_PORT=\(running.port)", "python3", "-B",
                        Self.scripts.appending(path: "\(script).py").path,
                    ])
                    #expect(outcome.status == 0, "\(outcome.output)")
                    #expect(outcome.output.hasPrefix("\(script): "))
                }
            }
        }
    }

    private static func writeCredentials(of authority: TestAuthority, to folder: URL) throws {
        try authority.issuer.certificate.pem.write(
            to: folder.appending(path: "ca.pem"), atomically: true, encoding: .utf8)
        for (name, identity) in callers {
            let (certificate, key) = try authority.pem(role: identity.role.rawValue, name: identity.name)
            try certificate.write(to: folder.appending(path: "\(name).pem"), atomically: true, encoding: .utf8)
            try key.write(to: folder.appending(path: "\(name).key"), atomically: true, encoding: .utf8)
        }
    }

    private static let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../Integration/legacy")
}
