import InfoserviceServer
import Testing
import VC3Testing

/// The promises of `Infoservice`, on the engine with each persistence.
@Suite(.timeLimit(.minutes(2)))
struct StoreConformanceTests {
    @Test(arguments: InfoserviceConformance.checks)
    func inMemory(_ check: InfoserviceConformance.Check) async throws {
        try await withStore(heartbeat: .milliseconds(50)) { store in
            try await InfoserviceConformance { InfoserviceSession(identity: $0, engine: store) }.run(check)
        }
    }

    @Test(arguments: InfoserviceConformance.checks)
    func onSQLite(_ check: InfoserviceConformance.Check) async throws {
        try await withSQLiteStore(heartbeat: .milliseconds(50)) { store in
            try await InfoserviceConformance { InfoserviceSession(identity: $0, engine: store) }.run(check)
        }
    }
}
