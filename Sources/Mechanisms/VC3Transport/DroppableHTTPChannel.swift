public import HummingbirdCore
public import Logging
public import NIOCore

/// HTTP/1.1 of which accepted connections may be dropped before anybody has taken them over.
public struct DroppableHTTPChannel: ServerChildChannel {
    public struct Value: ServerChildChannelValue {
        let accepted: AcceptedConnection
        public let channel: any Channel
    }

    private let base: HTTP1Channel

    public init(_ base: HTTP1Channel) { self.base = base }

    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).map { Value(accepted: AcceptedConnection($0), channel: channel) }
    }

    public func handle(value: Value, logger: Logger) async {
        await base.handle(value: value.accepted.take(), logger: logger)
    }
}
