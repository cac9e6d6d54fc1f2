#if PostgreSQL
    import Foundation
    import InfoserviceAPI
    import InfoserviceServer
    import InfoserviceStore
    import Testing
    import VC3Model
    import VC3Testing

    /// Copies and backups with a real PostgreSQL at either end.
    @Suite(
        .enabled(if: PostgreSQLServer.installed != nil, "there is no PostgreSQL server on this machine"),
        .timeLimit(.minutes(5)))
    struct PostgreSQLCopyTests {
        private static func configuration(
            _ plugin: StorePlugin, _ place: String, _ key: String, in folder: String
        ) throws -> StoreConfiguration {
            let path = plugin == .postgreSQL ? place : folder + "/" + place
            return StoreConfiguration(
                try StoreLocation(plugin: plugin.rawValue, place: path), keyFile: folder + "/" + key)
        }

        @Test(arguments: [StorePlugin.sqlite, .diskDump])
        func aCopyInAndOutAgainHasEverything(_ plugin: StorePlugin) async throws {
            try await withScratchPath { folder in
                try await PostgreSQLServer.with { server in
                    let source = try Self.configuration(plugin, "source", "key", in: folder)
                    let (first, second) = (try await server.database("first"), try await server.database("second"))
                    let inside = try Self.configuration(.postgreSQL, first, "other-key", in: folder)
                    let twin = try Self.configuration(.postgreSQL, second, "other-key", in: folder)
                    let target = try Self.configuration(plugin, "target", "key", in: folder)
                    let (revision, created) = try await StoreCopyTests.fill(source)

                    let summary = try await StoreCopy.copy(from: source, to: inside)
                    #expect(summary.revision == revision && summary.entities == 2)
                    let error = await #expect(throws: VC3Error.self) {
                        _ = try await StoreCopy.copy(from: source, to: inside)
                    }
                    #expect(error?.code == .exists)
                    #expect(try await StoreCopy.copy(from: inside, to: twin) == summary)
                    #expect(try await StoreCopy.copy(from: twin, to: target) == summary)
                    for copy in [inside, twin, target] { try await StoreCopyTests.check(copy, revision, created) }
                }
            }
        }

        @Test func aBackupIsOneMomentOfADatabaseInUse() async throws {
            try await withScratchPath { folder in
                try await PostgreSQLServer.with { server in
                    let connection = try await server.database("source")
                    let source = try Self.configuration(.postgreSQL, connection, "key", in: folder)
                    // Two processes write while a third makes the backup.
                    let stores = [try await EntityStore.open(source), try await EntityStore.open(source)]
                    let summary = try await withThrowingTaskGroup(of: StoreCopy.Summary?.self) { group in
                        for (number, store) in stores.enumerated() {
                            let ana = InfoserviceSession(identity: .ana, engine: store)
                            group.addTask {
                                for entity in 0..<100 {
                                    _ = try await ana.create(.sampleNodeinfo("n\(number)-\(entity)"))
                                }
                                return nil
                            }
                        }
                        group.addTask {
                            while await stores[0].revision < Revision(50) { await Task.yield() }
                            return try await StoreCopy.backUp(
                                source.location, to: folder + "/backup", at: WallClock.system.now())
                        }
                        return try await group.reduce(nil) { $0 ?? $1 }
                    }
                    let taken = try #require(summary)
                    #expect(taken.revision >= Revision(50) && taken.entities == Int(taken.revision.rawValue))
                    var whole: [Revision: EntityKey] = [:]
                    for store in stores {
                        for record in await store.records(.nodeinfo).items {
                            whole[record.metadata.revision] = record.key
                        }
                        try await store.close()
                    }

                    let database = try await server.database("restored")
                    for target in [
                        try Self.configuration(.postgreSQL, database, "key", in: folder),
                        try Self.configuration(.sqlite, "restored", "key", in: folder),
                    ] {
                        #expect(try await StoreCopy.restore(folder + "/backup", to: target) == taken)
                        let restored = try await EntityStore.open(target)
                        #expect(await restored.revision == taken.revision)
                        for record in await restored.records(.nodeinfo).items {
                            #expect(whole[record.metadata.revision] == record.key)
                        }
                        #expect(try await restored.audit(AuditQuery(limit: 1000)).items.count == taken.auditEntries)
                        try await restored.close()
                    }
                }
            }
        }

        @Test func anUnfinishedTargetIsRefused() async throws {
            try await PostgreSQLServer.with { server in
                let connection = try await server.database("torn")
                let content = StoreContent(
                    state: StoredState(entities: [Data("torn".utf8)], revision: Revision(7)), audit: [])
                let target = try await PostgreSQLPersistence.open(connection: connection)
                await #expect(throws: (any Error).self) { try await target.fill(content) }
                try await target.close()
                let error = await #expect(throws: VC3Error.self) {
                    _ = try await PostgreSQLPersistence.open(connection: connection)
                }
                #expect(error?.message.contains("unfinished") == true)
            }
        }
    }
#endif
