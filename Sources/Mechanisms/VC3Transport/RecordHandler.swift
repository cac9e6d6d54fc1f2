import NIOCore

/// Between HTTP and TLS: what is written between two flushes becomes one piece, as long as it is small.
///
/// An HTTP codec writes the head, each chunk's frame and the text one by one, and TLS makes a record of each, with its own
/// encryption, header and tag.
final class RecordHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A TLS record holds that many bytes at most (RFC 8446, section 5.1).
    private static let longest = 16_384

    private var held: ByteBuffer?
    private var promises: [EventLoopPromise<Void>] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var buffer = unwrapOutboundIn(data)
        if (held?.readableBytes ?? 0) + buffer.readableBytes > Self.longest { pass(context) }
        if buffer.readableBytes > Self.longest {
            context.write(data, promise: promise)
            return
        }
        if let promise { promises.append(promise) }
        if held == nil { held = buffer } else { held?.writeBuffer(&buffer) }
    }

    func flush(context: ChannelHandlerContext) {
        pass(context)
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        pass(context)
        context.close(mode: mode, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        for promise in promises { promise.fail(ChannelError.ioOnClosedChannel) }
        promises = []
        held = nil
    }

    private func pass(_ context: ChannelHandlerContext) {
        guard let buffer = held else { return }
        held = nil
        var promise: EventLoopPromise<Void>?
        switch promises.count {
        case 0: break
        case 1: promise = promises[0]
        default:
            let all = context.eventLoop.makePromise(of: Void.self)
            for waiting in promises { all.futureResult.cascade(to: waiting) }
            promise = all
        }
        promises = []
        context.write(wrapOutboundOut(buffer), promise: promise)
    }
}
