import Enrolling
import Foundation
public import InfoserviceAPI
import InfoserviceClient
public import Logging
public import ServiceLifecycle
import UnixSignals
public import VC3Certificates
public import VC3Model
public import VC3Transport

/// Work that ends, in order, when it is cancelled.
private struct SharedPart: Service {
    let work: @Sendable () async throws -> Void

    func run() async throws {
        do { try await cancelWhenGracefulShutdown { try await work() } } catch is CancellationError {}
    }
}

/// A part's connection to the Infoservice, with all that keeps it up for years.
public struct PartConnection: Sendable {
    private let infoservice: RemoteInfoservice
    private let network: PartNetwork

    /// Reads the part's files. Nothing is sent yet.
    ///
    /// - Throws: `VC3Error` `invalid` naming the file that is missing, broken or out of date.
    public init(_ network: PartNetwork) async throws {
        let (credentials, _) = try await network.files.load()
        let revoked = try network.revocations.lists(trustedBy: credentials)
        infoservice = try RemoteInfoservice(network.addresses, credentials: credentials, revoked: revoked)
        self.network = network
    }

    /// Whether the Infoservice answers now: asks for the lease of this name, which need not exist.
    public func answers(aboutLease name: String) async -> Bool {
        do {
            _ = try await infoservice.record(.lease, name)
            return true
        } catch let error as VC3Error {
            return error.code != .unavailable
        } catch {
            return false
        }
    }

    /// The Infoservice, as this part sees it; to be used by what runs beside the part.
    public var service: any Infoservice { infoservice }

    /// What the part knows to be taken back.
    public var revoked: RevocationLists { infoservice.revoked }

    /// Tells a server of the part's own what authorities take back.
    public func revocations(for server: any RevocationHearing, logger: Logger) -> any Service {
        RevocationWatch(infoservice, telling: server, keptIn: nil, logger: logger)
    }

    /// Runs a part until SIGTERM or SIGINT: as the only one of its kind, by a lease of this name.
    ///
    /// - Parameters:
    ///   - others: What runs beside it.
    ///   - work: The part itself; called anew each time that the lease is won.
    public func run(
        _ name: String, beside others: [any Service], clock: WallClock, logger: Logger,
        work: @escaping @Sendable (any Infoservice) async throws -> Void
    ) async throws {
        let term = Duration.seconds(7)
        let lease = LeaderLease(
            infoservice, name: name, holder: Self.holder(of: name), term: term, wallClock: clock)
        let leading = Leading(lease, name: name, term: term, logger: logger) { [infoservice] fence in
            try await work(infoservice.fenced(by: fence))
        }
        try await run(services(logger) + others + [leading], logger: logger)
    }

    /// Runs a part until SIGTERM or SIGINT: one of several that share the work by leases of their own.
    ///
    /// - Parameters:
    ///   - others: What runs beside it.
    ///   - work: The part itself; it gets the Infoservice, and the same for writes under a fence.
    public func run(
        beside others: [any Service], logger: Logger,
        work: @escaping @Sendable (any Infoservice, @escaping @Sendable (Fence) -> any Infoservice) async throws -> Void
    ) async throws {
        let part = SharedPart { [infoservice] in
            try await work(infoservice) { fence in infoservice.fenced(by: fence) }
        }
        try await run(services(logger) + others + [part], logger: logger)
    }

    private func run(_ services: [any Service], logger: Logger) async throws {
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        group.maximumCancellationDuration = .seconds(2)
        try await ServiceGroup(configuration: group).run()
        try await infoservice.shutdown()
    }

    /// Follow what authorities take back, and keep the own certificate valid.
    private func services(_ logger: Logger) -> [any Service] {
        let watch = RevocationWatch(
            infoservice, telling: infoservice, keptIn: network.revocations, logger: logger)
        guard network.renews else { return [watch] }
        let renewal = CertificateRenewal(files: network.files, from: infoservice, logger: logger) {
            [infoservice, network] in
            let (credentials, _) = try await network.files.load()
            try infoservice.use(credentials)
        }
        return [watch, renewal]
    }

    /// A new name for each start, so that none takes another's lease for its own.
    private static func holder(of part: String) -> String {
        let host = ProcessInfo.processInfo.hostName
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        return "\(part)-\(host)-\(ProcessInfo.processInfo.processIdentifier)-\(random)"
    }
}
