import InfoserviceStore
import Testing
import VC3Model

struct StoreLocationTests {
    @Test(arguments: [
        ("Memory", StoreLocation.memory), ("SQLite:/a/b.sqlite", .sqlite(path: "/a/b.sqlite")),
        ("diskdump:/a:b", .diskDump(path: "/a:b")),
        ("POSTGRESQL:host=db dbname=vc3", .postgreSQL(connection: "host=db dbname=vc3")),
        ("PostgreSQL:postgresql://db/vc3", .postgreSQL(connection: "postgresql://db/vc3")),
    ])
    func textNamesAPluginAndAPlace(_ text: String, _ expected: StoreLocation) throws {
        #expect(try StoreLocation(text: text) == expected)
    }

    @Test(arguments: [
        ("sqllite:/a", "did you mean SQLite?"), ("CouchDB:x", "there are Memory, DiskDump, SQLite, PostgreSQL"),
        ("SQLite", "needs a path"), ("PostgreSQL:", "needs a connection"),
    ])
    func whatCannotWorkIsRefusedWithAHint(_ text: String, _ hint: String) throws {
        let error = try #require(throws: VC3Error.self) { _ = try StoreLocation(text: text) }
        #expect(error.code == .invalid)
        #expect(error.message.contains(hint), "\(error.message)")
    }

    @Test func theDescriptionShowsNoPassword() {
        #expect(!"\(StoreLocation.postgreSQL(connection: "host=db password=hunter2"))".contains("hunter2"))
    }

    @Test func aLastingStoreWantsAKeyFile() async throws {
        let error = await #expect(throws: VC3Error.self) {
            _ = try await EntityStore.open(StoreConfiguration(.sqlite(path: "/nowhere/s"), keyFile: nil))
        }
        #expect(error?.message.contains("key file") == true)
        try await EntityStore.open(StoreConfiguration(.memory, keyFile: nil)).close()
    }
}
