#if PostgreSQL
    import InfoserviceAPI
    import InfoserviceServer
    import InfoserviceStore
    import Testing
    import VC3Model
    import VC3Testing

    /// Several stores on one database of a real server, as several Infoservice processes are.
    @Suite(
        .enabled(if: PostgreSQLServer.installed != nil, "there is no PostgreSQL server on this machine"),
        .timeLimit(.minutes(10)))
    struct PostgreSQLTests {
        @Test func keepsThePromisesOfEveryPersistence() async throws {
            try await PostgreSQLServer.with { server in
                for check in InfoserviceConformance.checks {
                    let key = SealingKey()
                    let connection = try await server.database(check.name.lowercased())
                    // Writers and readers meet different processes.
                    let first = try await Self.open(connection, key, heartbeat: .milliseconds(50))
                    do {
                        try await InfoserviceConformance { InfoserviceSession(identity: $0, engine: first) }.run(check)
                    } catch { Issue.record("\(check.name): \(error)") }
                    try await first.close()
                }
                let key = SealingKey()
                let store = try await Self.open(try await server.database("audited"), key)
                try await checkAuditTrail(of: store)
                try await store.close()
                let sealed = try await server.database("sealed")
                try await checkResealing { _ in try await PostgreSQLPersistence.open(connection: sealed) }
            }
        }

        @Test func writesThroughOneAreSeenThroughTheOthers() async throws {
            try await PostgreSQLServer.with { server in
                let (first, second) = try await Self.pair(server)
                let (ana, ben) = (
                    InfoserviceSession(identity: .ana, engine: first),
                    InfoserviceSession(identity: .ben, engine: second)
                )
                var watch = try await ben.watch([.nodeinfo], after: .zero).makeAsyncIterator()
                var latencies: [Duration] = []
                for number in 0..<100 {
                    _ = try await ana.create(.sampleNodeinfo("n\(number)"))
                    let start = ContinuousClock.now
                    while let event = try await watch.next() {
                        guard case .changed(let record) = event else { continue }
                        #expect(record.name == "n\(number)")
                        break
                    }
                    latencies.append(ContinuousClock.now - start)
                }
                latencies.sort()
                print(
                    "watch through another process: median \(latencies[50]), p99 \(latencies[98]), max \(latencies[99])"
                )

                // What only the other knows is not taken for missing, taken or in the future.
                let made = try await ana.create(.sampleNodeinfo("shared", cores: 1))
                let error = await #expect(throws: VC3Error.self) { _ = try await ben.create(.sampleNodeinfo("shared")) }
                #expect(error?.code == .exists)
                let admin = InfoserviceSession(identity: .admin, engine: second)
                let newer = try await ana.patchSpec(.nodeinfo, "shared", with: ["cores": 2], expecting: nil)
                let conflict = await #expect(throws: VC3Error.self) {
                    _ = try await admin.patchSpec(
                        .nodeinfo, "shared", with: ["cores": 3], expecting: made.metadata.revision)
                }
                #expect(conflict?.code == .conflict)
                let last = try await ana.patchSpec(
                    .nodeinfo, "shared", with: ["cores": 4], expecting: newer.metadata.revision)
                _ = try await ben.watch([.nodeinfo], after: last.metadata.revision)
                try await first.close()
                try await second.close()
            }
        }

        /// Counts up one entity through two processes at once: no step may be lost.
        @Test func compareAndSetHoldsAcrossProcesses() async throws {
            try await PostgreSQLServer.with { server in
                let (first, second) = try await Self.pair(server)
                _ = try await InfoserviceSession(identity: .ana, engine: first).create(.sampleNodeinfo("n", cores: 1))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for engine in [first, second, first, second] {
                        group.addTask {
                            let ana = InfoserviceSession(identity: .ana, engine: engine)
                            var done = 0
                            while done < 25 {
                                guard let current = try? await ana.record(.nodeinfo, "n"),
                                    let cores = current.spec["cores"]?.intValue
                                else { continue }
                                do {
                                    _ = try await ana.patchSpec(
                                        .nodeinfo, "n", with: ["cores": .integer(cores + 1)],
                                        expecting: current.metadata.revision)
                                    done += 1
                                } catch let error as VC3Error where error.code == .conflict {}
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let revision = max(await first.revision, await second.revision)
                #expect(revision == Revision(101))
                let audit = try await second.audit(AuditQuery(limit: 1000)).items
                #expect(audit.map(\.revision) == (1...101).reversed().map { Revision($0) })
                for engine in [first, second] {
                    _ = try await engine.watch([.nodeinfo], after: revision)
                    #expect(await engine.record(EntityKey(.nodeinfo, "n"))?.spec["cores"] == 101)
                    try await engine.close()
                }
            }
        }

        /// The one who lost the lease has not heard of it, and its store has not either.
        @Test func aFenceHoldsAcrossProcesses() async throws {
            try await PostgreSQLServer.with { server in
                let connection = try await server.database("fenced")
                let key = SealingKey()
                let first = try await Self.open(connection, key, lookEvery: .seconds(3600))
                let second = try await Self.open(connection, key)
                let (one, other) = (
                    InfoserviceSession(identity: .master, engine: first),
                    InfoserviceSession(identity: .master, engine: second)
                )
                let lease = LeaderLease(one, name: "shard", holder: "one", wallClock: .system)
                let fence = lease.fence(of: try #require(try await lease.contend()))
                let event = EntityDraft(
                    kind: .event, name: "e",
                    spec: ["about": "x/y", "reason": "r", "message": "m", "last": "2026-01-01T00:00:00Z"])
                for round in 0..<20 {
                    // Given up and taken by others: each time right before the write of the one who thinks it holds it.
                    _ = try await other.patchSpec(
                        .lease, "shard", with: ["holder": .string("other-\(round)"), "fence": .null], expecting: nil)
                    let error = await #expect(throws: VC3Error.self) {
                        _ = try await one.fenced(by: fence).create(event)
                    }
                    #expect(error?.code == .conflict)
                }
                let taken = try await other.record(.lease, "shard")
                _ = try await one.fenced(by: Fence(of: taken)).create(event)
                try await first.close()
                try await second.close()
            }
        }

        @Test func aRestartAndAKilledConnectionLoseNothing() async throws {
            try await PostgreSQLServer.with { server in
                let (first, second) = try await Self.pair(server)
                let ana = InfoserviceSession(identity: .ana, engine: first)
                let ben = InfoserviceSession(identity: .ben, engine: second)
                var watch = try await ben.watch([.nodeinfo], after: .zero).makeAsyncIterator()
                _ = try await ana.create(.sampleNodeinfo("before"))
                #expect(try await Self.next(&watch) == "before")

                try await server.stop(isCrash: true)
                let error = await #expect(throws: VC3Error.self) { _ = try await ana.create(.sampleNodeinfo("lost")) }
                #expect(error?.code == .unavailable)
                #expect(await first.record(EntityKey(.nodeinfo, "before")) != nil, "what is known can be read")
                try await server.start()
                try await Self.retrying { _ = try await ana.create(.sampleNodeinfo("after")) }
                #expect(try await Self.next(&watch) == "after", "the watch goes on, and what was refused is not there")

                try await server.sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vc3-infoservice'")
                try await Self.retrying { _ = try await ana.create(.sampleNodeinfo("again")) }
                #expect(try await Self.next(&watch) == "again")
                try await first.close()
                try await second.close()
            }
        }

        @Test func acknowledgedWritesSurviveCrashesOfTheServer() async throws {
            try await PostgreSQLServer.with { server in
                let (first, second) = try await Self.pair(server)
                let acknowledged = try await withThrowingTaskGroup(of: [String].self) { group in
                    for (writer, engine) in [first, second].enumerated() {
                        group.addTask {
                            let ana = InfoserviceSession(identity: .ana, engine: engine)
                            var names: [String] = []
                            for number in 0..<150 {
                                let name = "w\(writer)-\(number)"
                                if (try? await ana.create(.sampleNodeinfo(name))) != nil { names.append(name) }
                                try? await Task.sleep(for: .milliseconds(10))
                            }
                            return names
                        }
                    }
                    for _ in 0..<2 {
                        try await Task.sleep(for: .milliseconds(300))
                        try await server.stop(isCrash: true)
                        try await server.start()
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(acknowledged.count > 20)
                try await Self.retrying {
                    _ = try await InfoserviceSession(identity: .ana, engine: second).create(.sampleNodeinfo("end"))
                }
                let stored = Set(await second.records(.nodeinfo).items.map(\.name))
                #expect(stored.isSuperset(of: acknowledged))
                var expected = Revision(1)
                let last = await second.revision
                for try await event in try await second.watch([.nodeinfo], after: .zero) {
                    #expect(event.revision == expected)
                    if event.revision == last { break }
                    expected = expected.next
                }
                try await first.close()
                try await second.close()
            }
        }

        @Test func aProcessThatFellFarBehindStartsOver() async throws {
            try await PostgreSQLServer.with { server in
                let connection = try await server.database("far")
                let key = SealingKey()
                let first = try await Self.open(connection, key, retention: Retention(count: 10))
                let second = try await Self.open(connection, key, lookEvery: .seconds(3600))
                let ana = InfoserviceSession(identity: .ana, engine: first)
                _ = try await ana.create(.sampleNodeinfo("n"))
                try await server.sql("SELECT pg_sleep(0.2)")
                // Deaf for a while: its listening connection is gone and takes a moment to come back.
                try await server.stop(isCrash: true)
                try await server.start()
                try await Self.retrying {
                    _ = try await ana.patchSpec(.nodeinfo, "n", with: ["cores": 2], expecting: nil)
                }
                for cores in 3...60 {
                    _ = try await ana.patchSpec(.nodeinfo, "n", with: ["cores": .integer(cores)], expecting: nil)
                }
                let ben = InfoserviceSession(identity: .ben, engine: second)
                try await Self.retrying { _ = try await ben.create(.sampleNodeinfo("own")) }
                #expect(await second.record(EntityKey(.nodeinfo, "n"))?.spec["cores"] == 60)
                try await first.close()
                try await second.close()
            }
        }

        // MARK: Tools

        private static func open(
            _ connection: String, _ key: SealingKey, retention: Retention = Retention(),
            heartbeat: Duration = .seconds(10), lookEvery: Duration = .seconds(5)
        ) async throws -> EntityStore {
            try await EntityStore.open(
                PostgreSQLPersistence.open(connection: connection, lookEvery: lookEvery), sealing: key,
                retention: retention, heartbeat: heartbeat)
        }

        private static func pair(_ server: PostgreSQLServer) async throws -> (EntityStore, EntityStore) {
            let connection = try await server.database("shared")
            let key = SealingKey()
            return (try await open(connection, key), try await open(connection, key))
        }

        private static func next(_ watch: inout WatchStream.AsyncIterator) async throws -> String? {
            while let event = try await watch.next() {
                if case .changed(let record) = event { return record.name }
            }
            return nil
        }

        /// Until it is available again; the suite's time limit ends it.
        private static func retrying(_ body: () async throws -> Void) async throws {
            while true {
                do {
                    return try await body()
                } catch let error as VC3Error where error.code == .unavailable {
                    try await Task.sleep(for: .milliseconds(50))
                } catch let error as VC3Error where error.code == .exists { return }
            }
        }
    }
#endif
