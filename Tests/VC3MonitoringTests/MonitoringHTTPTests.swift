import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import VC3Monitoring

@Suite(.timeLimit(.minutes(3))) struct MonitoringHTTPTests {
    /// Connections that were accepted and that nobody has come to are closed, however the server ends.
    @Test(arguments: [true, false]) func anEndAmongNewConnectionsIsAnOrderlyOne(isGraceful: Bool) async throws {
        for _ in 0..<10 {
            let (ports, listening) = AsyncStream<Int>.makeStream()
            let server = MonitoringHTTP(
                router: { Router() }, place: MonitoringPlace(port: 0, onListening: { listening.yield($0) }),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: server)], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                ))
            let task = Task { try await group.run() }
            let port = try #require(await ports.first { _ in true })
            let strangers = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            let connections = (0..<64).map { _ in strangers.connect(host: "127.0.0.1", port: port) }
            _ = try await connections.first?.get()
            if isGraceful { await group.triggerGracefulShutdown() } else { task.cancel() }
            _ = await task.result
            // Those that came too late were refused; the others have an end.
            for connection in connections {
                if let channel = try? await connection.get() { try await channel.closeFuture.get() }
            }
        }
    }
}
