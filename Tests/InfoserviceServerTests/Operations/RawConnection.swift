import NIOCore
import NIOPosix
import NIOSSL
@testable import VC3Transport

/// A connection that says exactly what a test wants, at the pace that it wants.
struct RawConnection {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// - Parameter credentials: `nil` for a stranger who speaks no TLS.
    init(port: Int, _ credentials: TLSCredentials? = nil) async throws {
        let context = try credentials.map { try NIOSSLContext(configuration: $0.client) }
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: nil))
                    }
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// Writes `text`, and returns what the server says until it closes the connection.
    func untilClosed(saying text: String = "") async -> String {
        var answer = ""
        do {
            try await channel.executeThenClose { inbound, outbound in
                if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
                for try await bytes in inbound { answer += String(buffer: bytes) }
            }
        } catch {
            // A reset is an end as well.
        }
        return answer
    }
}
