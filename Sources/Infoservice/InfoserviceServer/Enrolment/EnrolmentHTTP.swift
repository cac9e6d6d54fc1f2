import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import VC3Model
import VC3Transport

/// A second, small server for those who have no certificate yet. See ``EnrolmentRoutes``.
struct EnrolmentHTTP: Service {
    let routes: EnrolmentRoutes
    let place: EnrolmentPlace
    let logger: Logger

    /// What a stranger may cost. A request waits half a minute for the Master at most.
    static let limits = ConnectionLimits(
        handshake: .seconds(5), pending: 128, failures: 50, perAddress: 32, total: 256, request: .seconds(10),
        idle: .seconds(30), unread: .seconds(10))

    func run() async throws {
        let router = Router(context: BasicRequestContext.self)
        routes.add(to: router)
        let place = place
        let application = Application(
            router: router,
            server: routes.tls.builder(
                configuration: .init(
                    httpDecoderConfiguration: .init(maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 16 * 1024))),
            configuration: .init(address: .hostname(place.host, port: place.port)),
            onServerRunning: { place.onListening($0.localAddress?.port ?? 0) }, logger: logger)
        try await TakingPort.run {
            try await application.run()
        } else: { reason, cause in
            if !place.isRequired {
                logger.warning(
                    "nobody can enrol: the port is taken; give another one with --enrolment-port or [enrolment] port",
                    metadata: ["port": "\(place.port)"])
                return try await gracefulShutdown()
            }
            throw VC3Error(
                .unavailable,
                "cannot listen for enrolments on \(place.host), port \(place.port): \(reason);"
                    + " choose another port in [enrolment]", cause: cause)
        }
    }
}
