import FactoryCredentials
import InfoserviceAPI
import FactorySettings
import Foundation
import Logging
import PartWiring
import ServiceLifecycle
import VC3Configuration
import VC3Model

extension FactoryFiles {
    /// What looks after the credentials of profiles, and watches those that users gave.
    func credentialServices(
        over connection: PartConnection, board: CredentialBoard, clock: WallClock, logger: Logger
    ) async -> (services: [any Service], keeper: CredentialKeeper?) {
        let settings = keys.credentials
        var services: [any Service] = [
            PrivateTokenWatch(connection.service, board: board, clock: clock, logger: logger)
        ]
        guard settings.isOn else { return (services, nil) }
        let keeper = CredentialKeeper(
            folder: keys.own.stateFolder + "/factory/credentials", board: board, interval: settings.interval,
            clock: clock, logger: logger, tokens: tokens(over: connection))
        services += [
            keeper,
            AuthReload(
                settings: settings, interval: keys.reconfiguration.isOn ? keys.reconfiguration.interval : nil,
                first: profiles, keeper: keeper, logger: logger),
        ]
        return (services, keeper)
    }

    /// The private key of a profile.
    static func key(of profile: String, kept keeper: CredentialKeeper) async throws -> [UInt8] {
        guard let file = try await keeper.file(of: profile) else {
            throw VC3Error(.notFound, "the profile '\(profile)' shows nothing; give it the plugin SSH and a key")
        }
        guard let content = FileManager.default.contents(atPath: file) else {
            throw VC3Error(.notFound, "the key of profile '\(profile)', '\(file)', cannot be read")
        }
        return [UInt8](content)
    }

    private func tokens(over connection: PartConnection) -> CredentialKeeper.TokenSource? {
        guard keys.credentials.sources.contains(.vc3) else { return nil }
        return { name in
            do { return try await connection.service.record(.privatetoken, name).secret } catch let error as VC3Error
                where error.code == .notFound
            {
                return nil
            }
        }
    }
}
