import NIOCore
import NIOPosix

/// A server that takes Graphite's plaintext protocol over TCP.
public struct GraphiteServer: Sendable, Equatable {
    public var host: String
    public var port: Int
    /// The longest that connecting may take, and then again the sending.
    public var timeout: Duration

    public init(host: String, port: Int = 2003, timeout: Duration = .seconds(30)) {
        self.host = host
        self.port = port
        self.timeout = timeout
    }

    /// Sends figures over a connection of their own. The protocol has no answer: what is sent may still be lost.
    ///
    /// - Throws: What NIO says of a connection that cannot be made or breaks.
    public func send(_ metrics: [GraphiteMetric]) async throws {
        if metrics.isEmpty { return }
        let limit = TimeAmount.nanoseconds(Int64(timeout / .nanoseconds(1)))
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(limit).connect(host: host, port: port).get()
        // A server that takes nothing makes the write wait; closing fails it.
        let alarm = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        defer { alarm.cancel() }
        do {
            try await channel.writeAndFlush(ByteBuffer(string: metrics.map(\.line).joined())).get()
            try await channel.close().get()
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }
}
