import InfoserviceAPI
public import InfoserviceClient
public import InfoserviceServer
public import InfoserviceStore
public import Logging
import ServiceLifecycle
public import VC3Model
public import VC3Transport

/// An Infoservice that listens on the loopback interface, and its clients.
public struct RunningInfoservice: Sendable {
    public let authority: TestAuthority
    public let engine: EntityStore
    public let port: Int
    public let tls: MutualTLSServer
    private let clients = Clients()

    /// A client with a certificate for this identity; shut down at the end of the test.
    public func client(_ identity: Identity, timeouts: Timeouts = .patient) async throws -> RemoteInfoservice {
        let client = RemoteInfoservice(
            host: "127.0.0.1", port: port, credentials: try authority.credentials(identity), timeouts: timeouts)
        await clients.add(client)
        return client
    }

    fileprivate func shutDownClients() async throws { try await clients.shutdown() }
}

extension Timeouts {
    /// For machines that are busy with other tests.
    public static let patient = Timeouts(connect: .seconds(60), answer: .seconds(60))
}

private actor Clients {
    private var all: [RemoteInfoservice] = []
    func add(_ client: RemoteInfoservice) { all.append(client) }
    func shutdown() async throws { for client in all { try await client.shutdown() } }
}

/// Serves `engine` over mutual TLS on a free port while `body` runs, then shuts it down gracefully.
public func withRunningInfoservice<Result: Sendable>(
    on engine: EntityStore, port: Int = 0, legacy: LegacyMode = .on, authority: TestAuthority? = nil,
    limits: RequestLimits = .none, connections: ConnectionLimits = ConnectionLimits(),
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: @escaping @Sendable (RunningInfoservice) async throws -> Result
) async throws -> Result {
    let authority = try authority ?? TestAuthority()
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let tls = try MutualTLSServer(
        try authority.credentials(role: "host", name: "localhost"), limits: connections)
    let server = InfoserviceHTTP(
        engine: engine, tls: tls, legacy: legacy, host: "127.0.0.1", port: port, limits: limits, logger: logger,
        onListening: { listening.yield($0) })
    let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
    return try await withThrowingTaskGroup(of: Result?.self) { tasks in
        tasks.addTask {
            defer { listening.finish() }
            try await group.run()
            return nil
        }
        tasks.addTask {
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            let running = RunningInfoservice(authority: authority, engine: engine, port: port, tls: tls)
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(running)) } catch { result = .failure(error) }
            try await running.shutDownClients()
            await group.triggerGracefulShutdown()
            return try result.get()
        }
        var result: Result?
        while let next = try await tasks.next() { if let next { result = next } }
        guard let result else { throw VC3Error(.internal, "the Infoservice ended before the test") }
        return result
    }
}
