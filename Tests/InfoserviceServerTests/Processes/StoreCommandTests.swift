import Foundation
import InfoserviceAPI
import InfoserviceClient
import Testing
import VC3Model
import VC3Testing

/// `migrate`, `backup` and `restore` as commands, with what the configuration says and with what is named.
@Suite(.timeLimit(.minutes(3)))
struct StoreCommandTests {
    private static func command(_ arguments: String...) async throws -> String {
        let outcome = try await Tool.run([try InfoserviceProcess.program()] + arguments)
        #expect(outcome.status == 0, "\(arguments): \(outcome.output)")
        return outcome.output
    }

    private static func server(_ name: String, _ store: String, in folder: URL) throws -> InfoserviceProcess {
        try InfoserviceProcess(
            in: folder.appending(path: name), authority: TestAuthority(),
            settings: """
                [secrets]
                keyfile = \(folder.path)/sealing.key

                [persistence]
                \(store)
                """)
    }

    private static func write(_ server: InfoserviceProcess) async throws -> EntityRecord {
        try await server.start()
        let client = try server.client([server.address], .ana)
        _ = try await client.create(.samplePrivateToken("t", secret: "aHVudGVyMg"))
        let record = try await client.create(.sampleNodeinfo("n"))
        try await client.shutdown()
        return record
    }

    private static func check(_ server: InfoserviceProcess, _ record: EntityRecord) async throws {
        try await server.start()
        let (ana, factory) = (
            try server.client([server.address], .ana), try server.client([server.address], .factory)
        )
        #expect(try await ana.record(.nodeinfo, "n") == record)
        #expect(try await factory.record(.privatetoken, "t").spec["data"] == "aHVudGVyMg")
        #expect(try await ana.create(.sampleNodeinfo("next")).metadata.revision == record.metadata.revision.next)
        try await ana.shutdown()
        try await factory.shutdown()
    }

    @Test func theStoreOfTheConfigurationIsMeantUnlessAnotherIsNamed() async throws {
        try await withScratchDirectory { folder in
            func sqlite(_ name: String) -> String {
                "plugin = SQLite\n[plugin-sqlite]\nfilename = \(folder.path)/\(name)"
            }
            let dump = "plugin = DiskDump\n[plugin-diskdump]\nfilename = \(folder.path)/dump.json"
            let old = try Self.server("old", sqlite("old.sqlite"), in: folder)
            let restored = try Self.server("restored", sqlite("restored.sqlite"), in: folder)
            let migrated = try Self.server("migrated", dump, in: folder)
            try await withProcesses([old, restored, migrated]) {
                let record = try await Self.write(old)
                let backup = folder.appending(path: "backup").path
                let said = try await Self.command("backup", "--conf", old.configuration, backup)
                #expect(said.contains("revision 2: 2 entities"))
                try await old.end(SIGTERM)

                _ = try await Self.command("restore", "--conf", restored.configuration, backup)
                try await Self.check(restored, record)
                _ = try await Self.command(
                    "migrate", "--conf", old.configuration, "--to", "DiskDump:\(folder.path)/dump.json")
                try await Self.check(migrated, record)

                // Named ones go before those of the configuration.
                let named = folder.appending(path: "named.sqlite").path
                _ = try await Self.command(
                    "restore", "--conf", restored.configuration, "--store", "SQLite:\(named)", backup)
                #expect(FileManager.default.fileExists(atPath: named))
                let empty = try await Tool.run([
                    try InfoserviceProcess.program(), "restore", "--conf", restored.configuration, backup,
                ])
                #expect(empty.status == 1, "the configured one is taken: \(empty.output)")
            }
        }
    }

    #if PostgreSQL
        @Test(.enabled(if: PostgreSQLServer.installed != nil, "there is no PostgreSQL server on this machine"))
        func aStoreMovesToPostgreSQLAndBack() async throws {
            try await withScratchDirectory { folder in
                try await PostgreSQLServer.with { database in
                    let connection = try await database.database("store")
                    let old = try Self.server(
                        "old", "plugin = SQLite\n[plugin-sqlite]\nfilename = \(folder.path)/old.sqlite", in: folder)
                    let shared = try Self.server(
                        "shared", "plugin = PostgreSQL\n[plugin-postgresql]\nconnection = \(connection)", in: folder)
                    let back = try Self.server(
                        "back", "plugin = SQLite\n[plugin-sqlite]\nfilename = \(folder.path)/back.sqlite", in: folder)
                    try await withProcesses([old, shared, back]) {
                        let record = try await Self.write(old)
                        try await old.end(SIGTERM)
                        _ = try await Self.command(
                            "migrate", "--conf", old.configuration, "--to", "PostgreSQL:\(connection)")
                        let backup = folder.appending(path: "backup").path
                        _ = try await Self.command("backup", "--conf", shared.configuration, backup)
                        try await Self.check(shared, record)
                        _ = try await Self.command("restore", "--conf", back.configuration, backup)
                        try await Self.check(back, record)
                    }
                }
            }
        }
    #endif
}
