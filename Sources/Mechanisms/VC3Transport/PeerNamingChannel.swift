import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// HTTP behind TLS behind a gate; hands the client's certificate to every request on the connection.
struct PeerNamingChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let base: DroppableHTTPChannel.Value
        let connection: PeerConnection
        var channel: any Channel { base.channel }
    }

    let base: DroppableHTTPChannel
    let admission: PeerHandler.Admission
    let registry: ConnectionRegistry
    let limits: ConnectionLimits
    let makeTLS: @Sendable () -> NIOSSLServerHandler

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let connection = PeerConnection()
            let peer = PeerHandler(connection, admission, registry: registry, limits: limits, logger: logger)
            try channel.pipeline.syncOperations.addHandlers(
                GateHandler(connection, registry: registry, limits: limits), makeTLS(), peer, RecordHandler())
            return (connection, NIOLoopBound(peer, eventLoop: channel.eventLoop))
        }.flatMap { (connection, peer) in
            base.setup(channel: channel, logger: logger).flatMapThrowing { value in
                let pipeline = channel.pipeline.syncOperations
                let state = try pipeline.handler(type: HTTPConnectionStateHandler.self)
                try pipeline.addHandler(RequestEndHandler(peer.value), position: .before(state))
                return Value(base: value, connection: connection)
            }
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await Peer.$connection.withValue(value.connection) { await base.handle(value: value.base, logger: logger) }
        }
    }
}
