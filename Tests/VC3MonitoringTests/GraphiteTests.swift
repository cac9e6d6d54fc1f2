import NIOCore
import NIOPosix
import Testing

@testable import VC3Monitoring

@Suite(.timeLimit(.minutes(5))) struct GraphiteTests {
    @Test(arguments: [
        ("f1.example.org", false, "f1_example_org"), ("r.n.ana.alpha", true, "r.n.ana.alpha"),
        ("a b/../c", true, "a_b_.._c"), ("caf\u{e9};x=1", true, "caf__x_1"),
    ])
    func aLevelHasOnlyWhatAPathMayHave(text: String, keepingDots: Bool, level: String) {
        #expect(GraphiteMetric.level(text, keepingDots: keepingDots) == level)
    }

    @Test func figuresArriveAsLinesOverOneConnection() async throws {
        let server = try await Receiver()
        try await GraphiteServer(host: "127.0.0.1", port: server.port).send([
            GraphiteMetric(path: "a.b", value: 3, time: 17), GraphiteMetric(path: "a.c", value: 0, time: 17),
        ])
        #expect(try await server.text() == "a.b 3 17\na.c 0 17\n")
    }

    @Test func nobodyListeningIsAnError() async throws {
        let server = try await DeafServer()
        let port = server.port
        try await server.close()
        await #expect(throws: (any Error).self) {
            try await GraphiteServer(host: "127.0.0.1", port: port).send([GraphiteMetric(path: "a", value: 1, time: 1)])
        }
    }

    @Test func aServerThatTakesNothingIsGivenUp() async throws {
        let server = try await DeafServer()
        let metrics = (0..<400_000).map { GraphiteMetric(path: "some.long.path.of.a.queue.\($0)", value: $0, time: 1) }
        await #expect(throws: (any Error).self) {
            try await GraphiteServer(host: "127.0.0.1", port: server.port, timeout: .milliseconds(300)).send(metrics)
        }
        try await server.close()
    }
}

/// Takes one connection and everything that comes over it.
private final class Receiver: Sendable {
    private let channel: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>

    var port: Int { channel.channel.localAddress?.port ?? 0 }

    init() async throws {
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
            }
    }

    func text() async throws -> String {
        try await channel.executeThenClose { connections in
            for try await connection in connections {
                return try await connection.executeThenClose { bytes, _ in
                    var text = ""
                    for try await buffer in bytes { text += String(buffer: buffer) }
                    return text
                }
            }
            return ""
        }
    }
}

/// Takes connections, by its system's doing, and never a byte of what comes over them.
private final class DeafServer: Sendable {
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    init() async throws {
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.autoRead, value: false).bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async throws { try await channel.close() }
}
