public import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// HTTP/1.1 over TLS that admits only clients with a certificate; handlers find them in ``Peer/current``.
public enum MutualTLSServer {
    public static func builder(_ credentials: TLSCredentials) -> HTTPServerBuilder {
        let configuration = credentials.server
        return HTTPServerBuilder { responder in
            PeerNamingChannel(
                base: try TLSChannel(HTTP1Channel(responder: responder), tlsConfiguration: configuration))
        }
    }
}

/// Notes the client's certificate when the handshake ends, and hands it to every request on the connection.
private struct PeerNamingChannel<Base: ServerChildChannel>: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let base: Base.Value
        let connection: PeerConnection
        var channel: any Channel { base.channel }
    }

    let base: Base

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let connection = PeerConnection()
        return base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let tls = try pipeline.handler(type: NIOSSLServerHandler.self)
            try pipeline.addHandler(PeerNamingHandler(connection, logger: logger), position: .after(tls))
            return Value(base: value, connection: connection)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await Peer.$connection.withValue(value.connection) { await base.handle(value: value.base, logger: logger) }
    }
}

private final class PeerNamingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: PeerConnection
    private let logger: Logger

    init(_ connection: PeerConnection, logger: Logger) {
        self.connection = connection
        self.logger = logger
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            do {
                if let certificate = try context.channel.pipeline.syncOperations.nioSSL_peerCertificate() {
                    connection.peer = try Peer(der: certificate.toDERBytes())
                }
            } catch {
                logger.info("cannot read a client's certificate", metadata: ["error": "\(error)"])
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.fireErrorCaught(error)
    }
}
