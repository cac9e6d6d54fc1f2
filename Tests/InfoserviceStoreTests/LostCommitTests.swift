#if PostgreSQL
    import InfoserviceAPI
    import InfoserviceServer
    import InfoserviceStore
    import Testing
    import VC3Model
    import VC3Testing

    /// The connection to PostgreSQL is lost between a `COMMIT` and its answer. The writer must be told what happened, or that
    /// it is not known; nothing acknowledged is missing, nothing refused is there, nothing is there twice.
    @Suite(
        .enabled(if: PostgreSQLServer.installed != nil, "there is no PostgreSQL server on this machine"),
        .timeLimit(.minutes(5)))
    struct LostCommitTests {
        private struct Stores {
            /// Behind the proxy.
            let unlucky: EntityStore
            let other: EntityStore
            let proxy: CommitCuttingProxy

            func session(_ store: EntityStore) -> InfoserviceSession {
                InfoserviceSession(identity: .ana, engine: store)
            }
        }

        private static func withStores(_ body: (Stores) async throws -> Void) async throws {
            try await PostgreSQLServer.with { server in
                let direct = try await server.database("store")
                let proxy = try await CommitCuttingProxy(to: server.socket)
                let key = SealingKey()
                let stores = Stores(
                    unlucky: try await EntityStore.open(
                        PostgreSQLPersistence.open(connection: proxy.connection("store")), sealing: key),
                    other: try await EntityStore.open(PostgreSQLPersistence.open(connection: direct), sealing: key),
                    proxy: proxy)
                try await body(stores)
                try await stores.unlucky.close()
                try await stores.other.close()
                try await proxy.close()
            }
        }

        /// All that happened, as a watch from the beginning tells it; each revision once.
        private static func names(in store: EntityStore, until last: Revision) async throws -> [String] {
            var names: [String] = []
            var expected = Revision(1)
            for try await event in try await store.watch([.nodeinfo], after: .zero) {
                guard case .changed(let record) = event else { continue }
                #expect(event.revision == expected)
                expected = expected.next
                names.append(record.name)
                if event.revision == last { break }
            }
            return names
        }

        @Test(arguments: CommitCuttingProxy.Fault.allCases)
        func theWriterIsToldTheTruth(_ fault: CommitCuttingProxy.Fault) async throws {
            try await Self.withStores { stores in
                let ana = stores.session(stores.unlucky)
                _ = try await ana.create(.sampleNodeinfo("before"))
                stores.proxy.arm(fault)
                if fault == .swallowed {
                    let error = await #expect(throws: VC3Error.self) { _ = try await ana.create(.sampleNodeinfo("n")) }
                    #expect(error?.code == .unavailable && error?.message.contains("not known") == false)
                } else {
                    #expect(try await ana.create(.sampleNodeinfo("n")).metadata.revision == Revision(2))
                }
                #expect(stores.proxy.cuts == 1)
                // Whoever writes next goes on behind it, through either.
                _ = try await stores.session(stores.other).create(.sampleNodeinfo("other"))
                let last = try await ana.create(.sampleNodeinfo("after")).metadata.revision
                let expected = fault == .swallowed ? ["before", "other", "after"] : ["before", "n", "other", "after"]
                for store in [stores.unlucky, stores.other] {
                    #expect(try await Self.names(in: store, until: last) == expected)
                }
                let trail = try await stores.other.audit(AuditQuery()).items.map(\.name)
                #expect(trail.reversed() == expected, "one entry for each write")
            }
        }

        /// Nothing can be asked afterwards, for longer than a writer waits.
        @Test(arguments: [CommitCuttingProxy.Fault.swallowed, .answerLost])
        func whatCannotBeKnownIsSaidToBeUnknown(_ fault: CommitCuttingProxy.Fault) async throws {
            try await Self.withStores { stores in
                let ana = stores.session(stores.unlucky)
                _ = try await ana.create(.sampleNodeinfo("before"))
                stores.proxy.arm(fault, andStayAway: true)
                let error = await #expect(throws: VC3Error.self) { _ = try await ana.create(.sampleNodeinfo("n")) }
                #expect(error?.code == .unavailable && error?.message.contains("not known") == true)
                stores.proxy.comeBack()
                // The writer does as it was told: it looks, and writes again what is not there.
                let again: EntityRecord
                do {
                    again = try await ana.create(.sampleNodeinfo("n"))
                    #expect(fault == .swallowed)
                } catch let error as VC3Error where error.code == .exists {
                    again = try await ana.record(.nodeinfo, "n")
                    #expect(fault == .answerLost)
                }
                #expect(again.metadata.revision == Revision(2))
                for store in [stores.unlucky, stores.other] {
                    #expect(try await Self.names(in: store, until: Revision(2)) == ["before", "n"])
                }
            }
        }

        /// Several writers on both, with a fault now and then.
        @Test func manyLostCommitsLoseAndDoubleNothing() async throws {
            try await Self.withStores { stores in
                let seed = UInt64.random(in: 0..<65_536)
                print("lost commits: seed \(seed)")
                let fates = try await withThrowingTaskGroup(of: [(String, Fate)]?.self) { group in
                    for writer in 0..<4 {
                        let ana = stores.session(writer % 2 == 0 ? stores.unlucky : stores.other)
                        group.addTask {
                            var fates: [(String, Fate)] = []
                            for number in 0..<60 {
                                let name = "w\(writer)-\(number)"
                                fates.append((name, try await Self.fate(of: name, ana)))
                            }
                            return fates
                        }
                    }
                    let proxy = stores.proxy
                    group.addTask {
                        var chance = Chance(state: seed)
                        while !Task.isCancelled {
                            let cuts = proxy.cuts
                            proxy.arm(CommitCuttingProxy.Fault.allCases[Int(chance.next() % 3)])
                            while proxy.cuts == cuts, !Task.isCancelled {
                                try? await Task.sleep(for: .milliseconds(20))
                            }
                        }
                        return nil
                    }
                    var fates: [(String, Fate)] = []
                    for _ in 0..<4 { fates += try await group.next()?.flatMap(\.self) ?? [] }
                    group.cancelAll()
                    return fates
                }
                let cuts = stores.proxy.cuts
                #expect(cuts > 5)
                let last = try await stores.session(stores.other).create(.sampleNodeinfo("end")).metadata.revision
                let names = try await Self.names(in: stores.other, until: last)
                #expect(try await Self.names(in: stores.unlucky, until: last) == names)
                #expect(Set(names).count == names.count)
                for (name, fate) in fates {
                    switch fate {
                    case .acknowledged(let revision):
                        #expect(names[Int(revision.rawValue) - 1] == name, "seed \(seed)")
                    case .refused: #expect(!names.contains(name), "\(name) was refused; seed \(seed)")
                    case .unknown: break
                    }
                }
                #expect(try await stores.other.audit(AuditQuery(limit: 1000)).items.count == names.count)
                let refused = fates.filter { $0.1 == .refused }.count
                print("lost commits: \(cuts) cuts, \(names.count) writes, \(refused) refused")
            }
        }

        private enum Fate: Equatable {
            case acknowledged(Revision)
            case refused
            case unknown
        }

        private static func fate(of name: String, _ ana: InfoserviceSession) async throws -> Fate {
            do {
                return .acknowledged(try await ana.create(.sampleNodeinfo(name)).metadata.revision)
            } catch let error as VC3Error where error.code == .unavailable {
                return error.message.contains("not known") ? .unknown : .refused
            }
        }
    }

    /// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
    private struct Chance {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
            return value ^ (value >> 31)
        }
    }
#endif
