import NIOCore
import NIOHTTPTypes

/// Behind the HTTP codec: tells the connection's ``PeerHandler`` where requests and answers end.
final class RequestEndHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    private let peer: PeerHandler

    init(_ peer: PeerHandler) { self.peer = peer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { peer.requestEnded() }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { peer.answerEnded() }
        context.write(data, promise: promise)
    }
}
