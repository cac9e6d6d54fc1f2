import NIOCore

/// First in the pipeline: admits a connection before any TLS work is done for it, and bounds its handshake.
final class GateHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: PeerConnection
    private let registry: ConnectionRegistry
    private let limits: ConnectionLimits
    private var timeout: Scheduled<Void>?

    init(_ connection: PeerConnection, registry: ConnectionRegistry, limits: ConnectionLimits) {
        self.connection = connection
        self.registry = registry
        self.limits = limits
    }

    func channelActive(context: ChannelHandlerContext) {
        connection.address = context.remoteAddress?.ipAddress
        switch registry.admit(context.channel, from: connection.address ?? "", at: .now()) {
        case .refused:
            context.close(promise: nil)
            return
        case .admitted(let id, let crowdedOut):
            connection.id = id
            crowdedOut?.close(promise: nil)
        }
        let bound = NIOLoopBound((context, self), eventLoop: context.eventLoop)
        timeout = context.eventLoop.scheduleTask(in: limits.handshake.nio) {
            let (context, gate) = bound.value
            guard !gate.connection.isAdmitted else { return }
            gate.registry.note(.handshakeTimeout)
            context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        if let id = connection.id { registry.remove(id, at: .now()) }
        context.fireChannelInactive()
    }
}
