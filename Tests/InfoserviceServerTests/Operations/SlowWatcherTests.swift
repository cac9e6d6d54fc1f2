import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceServer
import InfoserviceStore
import NIOCore
import Testing
import VC3Model
import VC3Testing
@testable import VC3Transport

/// A watcher that stops reading, over a real socket, beside one that goes on.
@Suite(.timeLimit(.minutes(2)))
struct SlowWatcherTests {
    /// More than the buffers of both ends hold.
    private static let changes = 60

    private static func change(_ number: Int) -> JSONValue {
        ["description": .string("\(number) " + String(repeating: "x", count: 500_000))]
    }

    /// - Parameter body: Is given a watch that was begun and is not read any more.
    private static func withLazyWatch(
        of running: RunningInfoservice,
        _ body: (any Channel, inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) async throws -> Void
    ) async throws {
        let lazy = try await RawConnection(port: running.port, running.authority.credentials(.ben))
        try await lazy.channel.executeThenClose { inbound, outbound in
            try await outbound.write(
                ByteBuffer(string: "GET /v1/watch?kinds=nodeinfo&after=1 HTTP/1.1\r\nHost: h\r\n\r\n"))
            var iterator = inbound.makeAsyncIterator()
            let answer = try #require(try await iterator.next())
            #expect(String(buffer: answer).hasPrefix("HTTP/1.1 200"))
            try await lazy.channel.channel.setOption(.autoRead, value: false).get()
            try await body(lazy.channel.channel, &iterator)
        }
    }

    private static func metrics(of running: RunningInfoservice) async throws -> String {
        let client = MutualTLSClient(
            try running.authority.credentials(.admin), connectTimeout: .seconds(30), silence: .seconds(30))
        let request = HTTPClientRequest(url: "https://127.0.0.1:\(running.port)/metrics")
        let response = try await client.execute(request, deadline: .now() + .seconds(30))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
        try await client.shutdown()
        return text
    }

    /// Writes, each change when a watcher that reads has seen the one before, each once and in order.
    private static func writeBesideAReader(_ running: RunningInfoservice) async throws {
        let ana = InfoserviceSession(identity: .ana, engine: running.engine)
        var watch = try await running.client(.ana).watch([.nodeinfo], after: Revision(1)).makeAsyncIterator()
        for number in 0..<changes {
            let written = try await ana.patchSpec(.nodeinfo, "n", with: change(number), expecting: nil)
            var seen = try await watch.next()
            while case .heartbeat = seen { seen = try await watch.next() }
            #expect(seen == .changed(written))
        }
    }

    @Test func oneThatDoesNotReadIsCutOffAndTheOthersGoOn() async throws {
        try await withStore { store in
            _ = try await InfoserviceSession(identity: .ana, engine: store).create(.sampleNodeinfo("n"))
            let limits = ConnectionLimits(unread: .seconds(1))
            try await withRunningInfoservice(on: store, connections: limits) { running in
                try await Self.withLazyWatch(of: running) { _, _ in
                    try await Self.writeBesideAReader(running)
                    while running.tls.counts.refusals[.unread] != 1 { try await Task.sleep(for: .milliseconds(20)) }
                    let metrics = try await ParsedMetrics(Self.metrics(of: running))
                    #expect(metrics[#"vc3_infoservice_connections_closed_total{reason="unread"}"#] == 1)
                }
                // It goes on where it was, as any watcher after a lost connection.
                let watch = try await running.client(.ben).watch([.nodeinfo], after: Revision(5))
                let event = try await watch.first { if case .changed = $0 { true } else { false } }
                #expect(event?.revision == Revision(6))
            }
        }
    }

    @Test func oneThatFallsBehindHistoryIsToldSoAndTheOthersGoOn() async throws {
        try await withStore(retention: Retention(count: 10)) { store in
            _ = try await InfoserviceSession(identity: .ana, engine: store).create(.sampleNodeinfo("n"))
            try await withRunningInfoservice(on: store) { running in
                try await Self.withLazyWatch(of: running) { channel, iterator in
                    try await Self.writeBesideAReader(running)
                    try await channel.setOption(.autoRead, value: true).get()
                    channel.read()
                    // The end is enough: what came before is half a million characters a line.
                    var end: [UInt8] = []
                    while !end.ends(with: Array("0\r\n\r\n".utf8)), let bytes = try await iterator.next() {
                        end = Array((end + Array(bytes.readableBytesView)).suffix(2000))
                    }
                    let lines = String(decoding: end, as: UTF8.self).split(whereSeparator: \.isNewline)
                    let last = try #require(lines.last { $0.hasPrefix("{") })
                    guard case .failed(let error) = try JSONDecoder().decode(WatchLine.self, from: Data(last.utf8))
                    else {
                        Issue.record("the watch ended with \(last.prefix(300))")
                        return
                    }
                    #expect(error.code == .compacted && error.message.contains("list again"))
                }
            }
        }
    }
}

extension Array where Element: Equatable {
    fileprivate func ends(with other: [Element]) -> Bool { suffix(other.count).elementsEqual(other) }
}
