import InfoserviceServer
import InfoserviceStore
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

    @Test func theAuditTrailInMemory() async throws { try await withStore { try await checkAuditTrail(of: $0) } }

    @Test func theAuditTrailOnSQLite() async throws { try await withSQLiteStore { try await checkAuditTrail(of: $0) } }

    @Test(arguments: InfoserviceConformance.checks)
    func onADiskDump(_ check: InfoserviceConformance.Check) async throws {
        try await withDiskDumpStore(heartbeat: .milliseconds(50)) { store in
            try await InfoserviceConformance { InfoserviceSession(identity: $0, engine: store) }.run(check)
        }
    }

    @Test func theAuditTrailBesideADiskDump() async throws {
        try await withDiskDumpStore { try await checkAuditTrail(of: $0) }
    }

    @Test func sealingAnewInMemory() async throws {
        let persistence = InMemoryPersistence()
        try await checkResealing { _ in persistence }
    }

    @Test func sealingAnewOnSQLite() async throws {
        try await withScratchPath { folder in
            try await checkResealing { _ in try await SQLitePersistence.open(path: folder + "/store.sqlite") }
        }
    }

    @Test func sealingAnewOnADiskDump() async throws {
        try await withScratchPath { folder in
            try await checkResealing { try await DiskDumpPersistence.open(path: folder + "/dump.json", sealing: $0) }
        }
    }
}
