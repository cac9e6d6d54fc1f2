import NIOCore
import NIOPosix
import Synchronization

/// Stands between client and server, and can swallow an answer: the request arrives, its answer never does.
final class CuttingProxy: Sendable {
    private let swallows = Swallows()
    private let listener: any Channel

    var port: Int { listener.localAddress?.port ?? 0 }

    /// The next `count` bursts of bytes from the server are dropped, each with its connection.
    func swallow(_ count: Int) { swallows.set(count) }

    init(to port: Int) async throws {
        let swallows = swallows
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop)
                    .connect(host: "127.0.0.1", port: port)
                    .flatMapThrowing { far in
                        let fromClient = Pass(to: far) { false }
                        let fromServer = Pass(to: near) { swallows.take() }
                        try near.pipeline.syncOperations.addHandler(fromClient)
                        try far.pipeline.syncOperations.addHandler(fromServer)
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async throws { try await listener.close() }
}

private final class Swallows: Sendable {
    private let left = Mutex(0)
    func set(_ count: Int) { left.withLock { $0 = count } }
    func take() -> Bool {
        left.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
    }
}

private final class Pass: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let isSwallowed: () -> Bool

    init(to other: any Channel, isSwallowed: @escaping () -> Bool) {
        self.other = other
        self.isSwallowed = isSwallowed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isSwallowed() {
            context.close(promise: nil)
            other.close(promise: nil)
        } else {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
}
