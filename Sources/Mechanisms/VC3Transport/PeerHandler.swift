import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// Behind TLS: notes whose connection it is when the handshake ends, refuses who was taken back, and closes a
/// connection that makes the server wait.
final class PeerHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// Who may come in.
    enum Admission: Sendable {
        /// Whoever shows a certificate of a trusted authority that was not taken back.
        case certified(isRevoked: @Sendable (Peer) -> Bool)
        /// Whoever comes.
        case anybody
    }

    private let connection: PeerConnection
    private let registry: ConnectionRegistry
    private let admission: Admission
    private let logger: Logger
    private var clock: RequestClock
    private var tick: Scheduled<Void>?

    init(
        _ connection: PeerConnection, _ admission: Admission, registry: ConnectionRegistry, limits: ConnectionLimits,
        logger: Logger
    ) {
        self.connection = connection
        self.admission = admission
        self.registry = registry
        self.logger = logger
        clock = RequestClock(limits: limits)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event, !admit(context) {
            context.close(promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Whether the peer may stay.
    private func admit(_ context: ChannelHandlerContext) -> Bool {
        switch admission {
        case .anybody:
            if let id = connection.id { registry.settle(id) }
        case .certified(let isRevoked):
            guard admit(context, unless: isRevoked) else { return false }
        }
        connection.isAdmitted = true
        clock.opened(at: .now())
        schedule(context)
        return true
    }

    private func admit(_ context: ChannelHandlerContext, unless isRevoked: (Peer) -> Bool) -> Bool {
        do {
            guard let certificate = try context.channel.pipeline.syncOperations.nioSSL_peerCertificate() else {
                return false
            }
            let peer = try Peer(
                der: certificate.toDERBytes(), address: context.channel.remoteAddress.flatMap(Self.text))
            // Named first, so that a revocation that arrives now finds the connection.
            connection.peer = peer
            if let id = connection.id { registry.name(id, peer) }
            if isRevoked(peer) {
                registry.note(.revoked)
                logger.debug("a revoked certificate was shown", metadata: ["serial": "\(peer.serial)"])
                return false
            }
        } catch {
            registry.note(.handshakeFailed)
            logger.debug("cannot read a client's certificate", metadata: ["error": "\(error)"])
            return false
        }
        return true
    }

    private static func text(_ address: SocketAddress) -> String? {
        guard let host = address.ipAddress, let port = address.port else { return nil }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if connection.peer == nil, !connection.isAdmitted { registry.note(.handshakeFailed) }
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.fireErrorCaught(error)
    }

    // MARK: Time

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        clock.received(at: .now())
        context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        clock.writable(context.channel.isWritable, at: .now())
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        tick?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { tick?.cancel() }

    /// The request's last byte was read.
    func requestEnded() { clock.requestEnded() }

    /// The answer's last byte was handed to the connection.
    func answerEnded() { clock.answerEnded(at: .now()) }

    /// One timer for each connection that looks now and then, instead of several for each request.
    private func schedule(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((context, self), eventLoop: context.eventLoop)
        tick = context.eventLoop.scheduleTask(in: clock.lookEvery) {
            let (context, handler) = bound.value
            if let refusal = handler.clock.overdue(at: .now()) {
                handler.registry.note(refusal)
                handler.logger.debug("connection closed", metadata: ["reason": "\(refusal.rawValue)"])
                context.close(promise: nil)
            } else {
                handler.schedule(context)
            }
        }
    }
}
