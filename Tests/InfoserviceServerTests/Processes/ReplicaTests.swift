#if PostgreSQL
    import Foundation
    import InfoserviceAPI
    import InfoserviceClient
    import Synchronization
    import Testing
    import VC3Model
    import VC3Testing

    /// Two processes on one database, of which each is killed while clients that know both go on.
    @Suite(
        .enabled(if: PostgreSQLServer.installed != nil, "there is no PostgreSQL server on this machine"),
        .timeLimit(.minutes(5)))
    struct ReplicaTests {
        private static func withReplicas(
            _ body: (_ first: InfoserviceProcess, _ second: InfoserviceProcess, _ sql: PostgreSQLServer) async throws
                -> Void
        ) async throws {
            try await withScratchDirectory { folder in
                try await PostgreSQLServer.with { server in
                    let connection = try await server.database("store")
                    let authority = try TestAuthority()
                    let settings = """
                        [persistence]
                        plugin = PostgreSQL

                        [plugin-postgresql]
                        connection = \(connection)

                        [secrets]
                        keyfile = \(folder.path)/sealing.key
                        """
                    let replicas = try ["first", "second"].map {
                        try InfoserviceProcess(
                            in: folder.appending(path: $0), authority: authority, settings: settings)
                    }
                    try await withProcesses(replicas) {
                        for replica in replicas { try await replica.start() }
                        try await body(replicas[0], replicas[1], server)
                    }
                }
            }
        }

        @Test func aWatchOnOneSeesWhatIsWrittenThroughTheOther() async throws {
            try await Self.withReplicas { first, second, _ in
                let writer = try first.client([first.address], .ana)
                let reader = try second.client([second.address], .ben)
                var watch = try await reader.watch([.nodeinfo], after: .zero).makeAsyncIterator()
                for number in 1...50 {
                    let made = try await writer.create(.sampleNodeinfo("n\(number)"))
                    var seen = try await watch.next()
                    while case .heartbeat = seen { seen = try await watch.next() }
                    #expect(seen == .changed(made))
                }
                // What only the other process has seen yet is no future.
                let last = try await writer.create(.sampleNodeinfo("last"))
                _ = try await reader.watch([.nodeinfo], after: last.metadata.revision)
                try await writer.shutdown()
                try await reader.shutdown()
            }
        }

        @Test func whenOneIsKilledNothingIsLostDoubledOrMissed() async throws {
            try await Self.withReplicas { first, second, server in
                let addresses = [first.address, second.address]
                let client = try first.client(addresses, .ana)
                // A user's watch would have to list again when it is behind the start of a process: who shared what before
                // is known to none that is new.
                let watcher = try first.client(addresses, .master)
                let watch = try await watcher.watch([.nodeinfo], after: .zero)
                let acknowledged = Progress()
                let (writers, rounds) = (4, 40)
                let (written, seen) = try await withThrowingTaskGroup(of: Outcome.self) { group in
                    for writer in 0..<writers {
                        group.addTask {
                            .written(try await Self.write(writer, rounds, client, acknowledged))
                        }
                    }
                    group.addTask { .seen(try await Self.revisions(of: watch, until: "end")) }
                    group.addTask {
                        // By what was acknowledged, so that both go in the middle of the work.
                        for (number, replica) in [first, second, first].enumerated() {
                            await acknowledged.reaches(writers * rounds * (number + 1) / 4)
                            try await replica.end(SIGKILL)
                            try await replica.start()
                        }
                        return .killed
                    }
                    var written: [String: EntityRecord] = [:]
                    var done = 0
                    while let outcome = try await group.next() {
                        switch outcome {
                        case .written(let records):
                            written.merge(records) { $1 }
                            done += 1
                        case .killed: done += 1
                        case .seen(let revisions): return (written, revisions)
                        }
                        if done == writers + 1 { _ = try await client.create(.sampleNodeinfo("end")) }
                    }
                    throw VC3Error(.internal, "the watch ended early")
                }
                #expect(written.count == writers * (rounds + 1))
                #expect(seen == (1...seen.count).map { Revision(Int64($0)) }, "each revision once and in order")

                for replica in [first, second] {
                    let reader = try replica.client([replica.address], .ben)
                    _ = try await reader.watch([.nodeinfo], after: try #require(seen.last))
                    let records = try await reader.records(.nodeinfo).items
                    #expect(records.count == written.count + 1)
                    for record in records where record.name != "end" { #expect(record == written[record.name]) }
                    try await reader.shutdown()
                }
                // One entry for each revision, and as many as there were writes: none was made twice.
                let writes = 2 * writers * rounds + writers + 1
                #expect(seen.count == writes)
                #expect(try await server.sql("SELECT count(*) FROM vc3_audit", in: "store") == ["\(writes)"])
                try await client.shutdown()
                try await watcher.shutdown()
            }
        }

        private enum Outcome: Sendable {
            case written([String: EntityRecord])
            case seen([Revision])
            case killed
        }

        /// Creates entities of its own, and counts one of its own up, each step on the revision that the last one had.
        ///
        /// - Returns: Everything as it was last acknowledged.
        private static func write(
            _ writer: Int, _ rounds: Int, _ client: RemoteInfoservice, _ acknowledged: Progress
        ) async throws -> [String: EntityRecord] {
            var records: [String: EntityRecord] = [:]
            var counter = try await client.create(.sampleNodeinfo("counter-\(writer)", cores: 1))
            for number in 1...rounds {
                let record = try await client.create(.sampleNodeinfo("w\(writer)-\(number)"))
                records[record.name] = record
                counter = try await client.patchSpec(
                    .nodeinfo, counter.name, with: ["cores": .integer(number + 1)],
                    expecting: counter.metadata.revision)
                acknowledged.note()
            }
            records[counter.name] = counter
            return records
        }

        private static func revisions(of watch: WatchStream, until last: String) async throws -> [Revision] {
            var revisions: [Revision] = []
            for try await event in watch {
                guard case .changed(let record) = event else { continue }
                revisions.append(event.revision)
                if record.name == last { break }
            }
            return revisions
        }
    }

    /// A count that others wait for.
    private final class Progress: Sendable {
        private let count = Mutex(0)
        private let (changes, tell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

        func note() {
            count.withLock { $0 += 1 }
            tell.yield()
        }

        /// For one waiter at a time.
        func reaches(_ wanted: Int) async {
            if count.withLock({ $0 >= wanted }) { return }
            for await _ in changes where count.withLock({ $0 >= wanted }) { return }
        }
    }
#endif
