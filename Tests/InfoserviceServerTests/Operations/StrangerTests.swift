import Foundation
import InfoserviceAPI
import InfoserviceClient
import NIOCore
import NIOEmbedded
import Testing
import VC3Model
import VC3Testing
@testable import VC3Transport

/// What peers that mean ill, or are broken, can and cannot do. Each runs over real sockets.
@Suite(.timeLimit(.minutes(5)))
struct StrangerTests {
    private static func serving(
        _ limits: ConnectionLimits, _ body: @escaping @Sendable (RunningInfoservice) async throws -> Void
    ) async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store, connections: limits) { try await body($0) }
        }
    }

    private static func refusals(_ running: RunningInfoservice, _ reason: ConnectionRefusal) -> Int {
        running.tls.counts.refusals[reason] ?? 0
    }

    @Test func whoNeverShakesHandsIsCutOffAndOthersAreServed() async throws {
        try await Self.serving(ConnectionLimits(handshake: .seconds(1))) { running in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { _ = try await RawConnection(port: running.port).untilClosed() }
                }
                let client = try await running.client(.ana)
                _ = try await client.create(.sampleNodeinfo("n"))
                try await group.waitForAll()
            }
            #expect(Self.refusals(running, .handshakeTimeout) >= 20)
        }
    }

    @Test func newcomersCrowdOutTheOldestThatHasNotShakenHands() async throws {
        try await Self.serving(ConnectionLimits(handshake: .seconds(600), pending: 3)) { running in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    let idle = try await RawConnection(port: running.port)
                    group.addTask { _ = await idle.untilClosed() }
                }
                let client = try await running.client(.ana)
                _ = try await client.create(.sampleNodeinfo("n"))
                for _ in 0..<3 { try await group.next() }
                #expect(Self.refusals(running, .crowdedOut) >= 3)
                group.cancelAll()
            }
            while running.tls.counts.pending > 0 { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    @Test func anAddressWhoseHandshakesFailIsClosedBeforeAnyTLSWork() async throws {
        let limits = ConnectionLimits(failures: 5, failureRecovery: .seconds(600))
        try await Self.serving(limits) { running in
            for _ in 0..<12 {
                _ = try await RawConnection(port: running.port).untilClosed(saying: "GET / HTTP/1.1\r\n\r\n")
            }
            #expect(Self.refusals(running, .addressFailing) == 6)
            #expect(Self.refusals(running, .handshakeFailed) == 6)
        }
    }

    @Test func anAddressHasSoManyConnectionsAndNoMore() async throws {
        try await Self.serving(ConnectionLimits(perAddress: 2)) { running in
            do {
                let clients = try await [running.client(.ana), running.client(.ben)]
                for client in clients { _ = try await client.records(.user) }
                let third = try await RawConnection(port: running.port).untilClosed()
                #expect(third.isEmpty)
                #expect(Self.refusals(running, .addressTooMany) == 1)
                for client in clients { _ = try await client.records(.user) }
            }
        }
    }

    struct Slowness: Sendable, CustomTestStringConvertible {
        var said: String
        var reason: ConnectionRefusal
        var testDescription: String { reason.rawValue + " " + said.prefix(12) }
    }

    @Test(arguments: [
        Slowness(said: "GET /healthz HT", reason: .slowRequest),
        Slowness(
            said: "POST /v1/nodeinfo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{", reason: .slowRequest),
        Slowness(said: "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", reason: .idle),
        Slowness(said: "", reason: .idle),
    ])
    func whoIsSlowIsCutOff(_ slowness: Slowness) async throws {
        let limits =
            slowness.reason == .slowRequest
            ? ConnectionLimits(request: .milliseconds(400), idle: .seconds(50))
            : ConnectionLimits(request: .seconds(50), idle: .seconds(3))
        try await Self.serving(limits) { running in
            let answer = try await RawConnection(port: running.port, running.authority.credentials(.ana))
                .untilClosed(saying: slowness.said)
            #expect(Self.refusals(running, slowness.reason) == 1)
            #expect(answer.contains("200 OK") == slowness.said.hasSuffix("\r\n\r\n"), "\(answer)")
        }
    }

    @Test func aWatchMayBeQuietForLong() async throws {
        let limits = ConnectionLimits(request: .seconds(1), idle: .seconds(1), unread: .seconds(1))
        try await Self.serving(limits) { running in
            let client = try await running.client(.ana)
            let watch = try await client.watch([.nodeinfo], after: .zero)
            _ = try await client.records(.user)
            try await Task.sleep(for: .seconds(3))
            while Self.refusals(running, .idle) == 0 { try await Task.sleep(for: .milliseconds(50)) }
            #expect(Self.refusals(running, .idle) == 1, "the connection for requests, but not that of the watch")
            _ = try await running.client(.ben).create(.sampleNodeinfo("n"))
            let event = try await watch.first { if case .changed = $0 { true } else { false } }
            #expect(event?.revision == Revision(1))
        }
    }

    @Test func whoDoesNotReadIsCutOff() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store, connections: ConnectionLimits(unread: .milliseconds(400))) {
                running in
                let client = try await running.client(.ana)
                var draft = EntityDraft.sampleNodeinfo("n")
                draft.spec["description"] = .string(String(repeating: "x", count: 500_000))
                for number in 0..<16 {
                    draft.name = "n\(number)"
                    _ = try await client.create(draft)
                }
                let lazy = try await RawConnection(port: running.port, running.authority.credentials(.ben))
                try await lazy.channel.executeThenClose { inbound, outbound in
                    try await outbound.write(ByteBuffer(string: "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"))
                    var iterator = inbound.makeAsyncIterator()
                    _ = try await iterator.next()
                    for _ in 0..<4 {
                        try await outbound.write(
                            ByteBuffer(string: "GET /v1/nodeinfo HTTP/1.1\r\nHost: h\r\n\r\n"))
                    }
                    try await lazy.channel.channel.setOption(.autoRead, value: false).get()
                    while Self.refusals(running, .unread) == 0 {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                _ = try await client.record(.nodeinfo, "n1")
            }
        }
    }

    @Test func addressesAreForgottenWhenTheyOweNothing() {
        let registry = ConnectionRegistry(limits: ConnectionLimits(failures: 2, failureRecovery: .seconds(1)))
        let channel = EmbeddedChannel()
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        func fail() -> Bool {
            guard case .admitted(let id, _) = registry.admit(channel, from: "a", at: now) else { return false }
            registry.remove(id, at: now)
            return true
        }
        #expect((0..<5).map { _ in fail() } == [true, true, true, false, false])
        now = now + .seconds(1)
        #expect((0..<3).map { _ in fail() } == [true, false, false])
        now = now + .seconds(60)
        registry.tidy(at: now)
        #expect((0..<5).map { _ in fail() } == [true, true, true, false, false])
    }
}
