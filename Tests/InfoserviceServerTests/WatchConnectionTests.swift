import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

@Suite(.timeLimit(.minutes(5)), .serialized)
struct WatchConnectionTests {
    @Test func aWatchGoesOnAfterTheServerCameBack() async throws {
        let authority = try TestAuthority()
        try await withStore { store in
            let inside = InfoserviceSession(identity: .ana, engine: store)
            // Below the range from which the kernel takes ports for others while the server is down.
            let port = Int.random(in: 20_000..<32_000)
            let client = RemoteInfoservice(
                host: "127.0.0.1", port: port, credentials: try authority.credentials(.ana),
                timeouts: Timeouts(connect: .seconds(60), answer: .seconds(60), attempts: 8))
            let (seenAll, finish) = AsyncStream<Void>.makeStream()
            let names = try await withThrowingTaskGroup(of: [String].self) { group in
                group.addTask {
                    defer { finish.finish() }
                    return try await Self.names(8, from: client)
                }
                group.addTask {
                    for round in 0..<4 {
                        try await withRunningInfoservice(on: store, port: port, authority: authority) { _ in
                            _ = try await inside.create(.sampleNodeinfo("up\(round)"))
                            // This answer shows that the client reaches this server.
                            _ = try await client.record(.nodeinfo, "up\(round)")
                        }
                        _ = try await inside.create(.sampleNodeinfo("down\(round)"))
                    }
                    try await withRunningInfoservice(on: store, port: port, authority: authority) { _ in
                        for await _ in seenAll {}
                    }
                    return []
                }
                return try await group.reduce([], +)
            }
            #expect(names == (0..<4).flatMap { ["up\($0)", "down\($0)"] })
            try await client.shutdown()
        }
    }

    private static func names(_ count: Int, from client: RemoteInfoservice) async throws -> [String] {
        var names: [String] = []
        for try await event in try await client.watch([.nodeinfo], after: .zero) {
            if case .changed(let record) = event { names.append(record.name) }
            if names.count == count { break }
        }
        return names
    }

    @Test func gracefulShutdownEndsWatchesCleanly() async throws {
        try await withStore { store in
            let (client, watches) = try await withRunningInfoservice(on: store) { running in
                let client = RemoteInfoservice(
                    host: "127.0.0.1", port: running.port, credentials: try running.authority.credentials(.ana),
                    timeouts: Timeouts(resume: .zero))
                var watches: [WatchStream] = []
                for _ in 0..<20 { watches.append(try await client.watch([.user], after: .zero)) }
                for watch in watches { _ = try await watch.first { _ in true } }
                return (client, watches)
            }
            for watch in watches {
                let error = await #expect(throws: VC3Error.self) { for try await _ in watch {} }
                #expect(error?.message.contains("ended the watch") == true, "\(String(describing: error))")
            }
            try await client.shutdown()
        }
    }

    @Test func compactionReachesTheClient() async throws {
        try await withStore(retention: Retention(count: 5)) { store in
            try await withRunningInfoservice(on: store) { running in
                let client = try await running.client(.ana)
                _ = try await client.create(.sampleNodeinfo("n"))
                for cores in 2...20 {
                    _ = try await client.patchSpec(.nodeinfo, "n", with: ["cores": .integer(cores)], expecting: nil)
                }
                let error = await #expect(throws: VC3Error.self) {
                    _ = try await client.watch([.nodeinfo], after: .zero)
                }
                #expect(error?.code == .compacted)
            }
        }
    }

    @Test func aMirrorFollowsTheServer() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let client = try await running.client(.ana)
                _ = try await client.create(.sampleNodeinfo("before"))
                let mirror = EntityMirror(source: client, kinds: [.nodeinfo])
                let (changes, seen) = AsyncStream<String>.makeStream()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await mirror.run { seen.yield($0.name) } }
                    for await name in changes {
                        if name == "after" { break }
                        _ = try await client.create(.sampleNodeinfo("after"))
                    }
                    group.cancelAll()
                }
                #expect(await mirror.record(.nodeinfo, "after") != nil)
            }
        }
    }
}
