import Testing
import VC3Testing

/// The promises of `Infoservice`, through the client, mutual TLS and the server.
@Suite(.timeLimit(.minutes(2)))
struct RemoteConformanceTests {
    @Test(arguments: InfoserviceConformance.checks)
    func overMutualTLS(_ check: InfoserviceConformance.Check) async throws {
        try await withStore(heartbeat: .milliseconds(50)) { store in
            try await withRunningInfoservice(on: store) { running in
                try await InfoserviceConformance { try await running.client($0) }.run(check)
            }
        }
    }
}
