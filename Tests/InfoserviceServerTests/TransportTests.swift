import Foundation
import InfoserviceAPI
import InfoserviceClient
import Testing
import VC3Model
import VC3Testing
import VC3Transport

/// Who gets in at all, and what a client hears that does not.
@Suite(.timeLimit(.minutes(5)))
struct TransportTests {
    private let hasty = Timeouts(connect: .seconds(20), answer: .seconds(20), attempts: 1, resume: .zero)

    /// What a client with these credentials hears.
    private func error(
        _ credentials: @escaping @Sendable (TestAuthority) throws -> TLSCredentials
    ) async throws -> VC3Error {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { [hasty] running in
                let client = RemoteInfoservice(
                    host: "127.0.0.1", port: running.port, credentials: try credentials(running.authority),
                    timeouts: hasty)
                let error = await #expect(throws: VC3Error.self) { _ = try await client.records(.user) }
                try await client.shutdown()
                return try #require(error)
            }
        }
    }

    @Test func aClientOfAnotherAuthorityIsCutOff() async throws {
        let error = try await error { try TestAuthority().credentials(.ana, trusting: $0) }
        #expect(error.code == .unavailable)
    }

    @Test func anExpiredClientIsCutOff() async throws {
        let error = try await error {
            try $0.credentials(.ana, from: Date(timeIntervalSinceNow: -7200), lifetime: .seconds(3600))
        }
        #expect(error.code == .unavailable)
    }

    @Test func aServerOfAnotherAuthorityIsNotTrusted() async throws {
        let error = try await error { try $0.credentials(.ana, trusting: TestAuthority()) }
        #expect(error.code == .unavailable)
        #expect(error.message.contains("TLS"), "\(error.message)")
    }

    @Test func aRoleWithoutBusinessHereIsNamed() async throws {
        let error = try await error { try $0.credentials(role: "host", name: "node7") }
        #expect(error.code == .unauthenticated)
        #expect(error.message.contains("'host'"))
    }

    @Test func anUnreachableServerIsNamedWithHostPortAndCause() async throws {
        let client = RemoteInfoservice(
            host: "127.0.0.1", port: 1, credentials: try TestAuthority().credentials(.ana), timeouts: hasty)
        let error = try #require(await #expect(throws: VC3Error.self) { _ = try await client.records(.user) })
        #expect(error.code == .unavailable)
        #expect(error.message.contains("127.0.0.1:1: ") && error.message.lowercased().contains("refused"), "\(error)")
        try await client.shutdown()
    }

    @Test func missingAndBrokenFilesAreNamed() throws {
        let missing = #expect(throws: VC3Error.self) {
            _ = try TLSCredentials(certificateFile: "/no/such.pem", keyFile: "/no/key", trustedFile: "/no/ca")
        }
        #expect(missing?.message.contains("/no/such.pem") == true)
        let broken = #expect(throws: VC3Error.self) {
            _ = try TLSCredentials(certificatePEM: "no", keyPEM: "secret words", trustedPEM: "no")
        }
        #expect(broken?.message.contains("secret words") == false)
    }
}
