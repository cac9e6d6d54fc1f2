import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Stands between an Infoservice and PostgreSQL, and loses connections at a `COMMIT`: the moment at which a lost answer
/// leaves open whether it happened.
public final class CommitCuttingProxy: Sendable {
    /// What becomes of a `COMMIT`. In all cases the one who sent it loses its connection without an answer.
    public enum Fault: Sendable, CaseIterable {
        /// It never arrives.
        case swallowed
        /// It is carried out; the connection ends when the answer comes.
        case answerLost
        /// The connection ends at once; the `COMMIT` arrives a while later.
        case late
    }

    private let folder: String
    private let listener: any Channel
    private let faults: Faults

    /// - Parameter socket: The Unix socket of the server.
    public init(to socket: String) async throws {
        folder = "/tmp/vc3-cut-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let faults = Faults()
        self.faults = faults
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { near in
                if faults.isAway { return near.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
                return ClientBootstrap(group: near.eventLoop)
                    .connect(unixDomainSocketPath: socket)
                    .flatMapThrowing { far in
                        let link = CutLink(near: near, far: far, faults: faults)
                        try near.pipeline.syncOperations.addHandler(FromClient(link))
                        try far.pipeline.syncOperations.addHandler(FromServer(link))
                    }
            }
            .bind(unixDomainSocketPath: folder + "/.s.PGSQL.5432").get()
    }

    /// How libpq reaches a database of the server through here.
    public func connection(_ database: String) -> String { "host=\(folder) user=vc3 dbname=\(database)" }

    /// The next `COMMIT` fares so.
    ///
    /// - Parameter andStayAway: Whether no new connection is let through afterwards, until ``comeBack()``.
    public func arm(_ fault: Fault, andStayAway: Bool = false) { faults.arm(fault, andStayAway) }

    public func comeBack() { faults.comeBack() }

    /// How many connections were lost by a fault.
    public var cuts: Int { faults.cuts }

    public func close() async throws {
        try await listener.close()
        try FileManager.default.removeItem(atPath: folder)
    }
}

private final class Faults: Sendable {
    private struct State {
        var armed: (fault: CommitCuttingProxy.Fault, andStayAway: Bool)?
        var isAway = false
        var cuts = 0
    }
    private let state = Mutex(State())

    func arm(_ fault: CommitCuttingProxy.Fault, _ andStayAway: Bool) {
        state.withLock { $0.armed = (fault, andStayAway) }
    }
    func take() -> CommitCuttingProxy.Fault? {
        state.withLock { state in
            guard let armed = state.armed else { return nil }
            state.armed = nil
            state.cuts += 1
            state.isAway = armed.andStayAway
            return armed.fault
        }
    }
    func comeBack() { state.withLock { $0.isAway = false } }
    var isAway: Bool { state.withLock(\.isAway) }
    var cuts: Int { state.withLock(\.cuts) }
}

/// The two ends of one connection. Used on their event loop only.
private final class CutLink {
    let near: any Channel
    let far: any Channel
    let faults: Faults
    var isAnswerLost = false

    init(near: any Channel, far: any Channel, faults: Faults) {
        self.near = near
        self.far = far
        self.faults = faults
    }

    func cut() {
        near.close(promise: nil)
        far.close(promise: nil)
    }
}

private final class FromClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// A simple query message (postgresql.org/docs/15/protocol-message-formats.html).
    private static let commit = ByteBuffer(bytes: [UInt8(ascii: "Q"), 0, 0, 0, 11] + Array("COMMIT".utf8) + [0])
    private let link: CutLink
    private var isLate = false

    init(_ link: CutLink) { self.link = link }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard bytes == Self.commit, let fault = link.faults.take() else {
            link.far.writeAndFlush(bytes, promise: nil)
            return
        }
        switch fault {
        case .swallowed: link.cut()
        case .answerLost:
            link.isAnswerLost = true
            link.far.writeAndFlush(bytes, promise: nil)
        case .late:
            isLate = true
            let far = link.far
            link.near.close(promise: nil)
            context.eventLoop.scheduleTask(in: .milliseconds(300)) {
                far.writeAndFlush(bytes, promise: nil)
                // Its answer ends it.
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { if !isLate { link.far.close(promise: nil) } }
}

private final class FromServer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: CutLink

    init(_ link: CutLink) { self.link = link }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if link.isAnswerLost || !link.near.isActive {
            link.cut()
        } else {
            link.near.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { link.near.close(promise: nil) }
}
