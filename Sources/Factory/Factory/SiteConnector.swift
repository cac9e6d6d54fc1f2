import BatchSystems
import InfoserviceAPI
import VC3Commands
import VC3Model

/// Reaches the account that a pilot set's site describes.
struct SiteConnector: Sendable {
    let infoservice: any EntityReader
    /// Where sessions keep what ssh(1) works from.
    let folder: String
    /// The key of a profile of queues of files.
    var profileKey: (@Sendable (String) async throws -> [UInt8])?
    var mappings = WordMappings()
    /// Keys of hosts of queues of files.
    var hostKeys: FirstHostKeys?

    func connect(_ site: PilotSite) async throws(SiteFailure) -> ShellSite.Connection {
        guard let flavor = BatchSystemFlavor(name: site.flavor) else {
            throw SiteFailure(
                reason: "UnknownBatchSystem",
                message: "resource \(site.resource) has the batch system '\(site.flavor)'; known are "
                    + BatchSystemFlavor.allCases.map(\.rawValue).joined(separator: ", "), mender: .operator,
                isOurs: true)
        }
        let batch = flavor.adapter(settings: site.settings ?? [:])
        let mapping = { @Sendable [mappings] in mappings[flavor] }
        switch site.method {
        case "local": return ShellSite.Connection(runner: LocalRunner(), batch: batch, mapping: mapping)
        case "ssh":
            var connection = ShellSite.Connection(runner: try await session(site), batch: batch, mapping: mapping)
            connection.hostKeyAdvice = hostKeyAdvice(of: site)
            return connection
        default:
            throw SiteFailure(
                reason: "UnknownAccessMethod",
                message: "resource \(site.resource) asks for access by '\(site.method)'; known are ssh and local",
                mender: .operator, isOurs: true)
        }
    }

    /// The folder of a site's sessions.
    func sessionFolder(of site: PilotSite) -> String { folder + "/" + SiteID(site).rawValue }

    func session(_ site: PilotSite) async throws(SiteFailure) -> SSHSession {
        guard let host = site.host else {
            throw SiteFailure(
                reason: "HostMissing", message: "resource \(site.resource) names no host", mender: .operator,
                isOurs: true)
        }
        var keys = (site.hostkey ?? "").split(separator: "\n").map { PinnedHostKey(line: String($0)) }
        if keys.isEmpty, let hostKeys, site.type == FileQueue.siteType, (site.gateway ?? "").isEmpty {
            do { keys = [try await hostKeys.key(of: host, port: site.port)] } catch { throw SiteFailure(error) }
        }
        var endpoint = SSHEndpoint(
            host: host, port: site.port, user: site.account, hostKey: keys.first ?? nil)
        if let gateway = site.gateway, !gateway.isEmpty {
            endpoint.gateway = try hop(gateway, site, hostKey: keys.dropFirst().first ?? nil)
        }
        var limits = SSHLimits()
        limits.longestBackoff = .seconds(30)
        // A person's login outlives a Factory that is started again, but not long one that stays away.
        limits.idleTimeout = .seconds(site.mfa == true ? 3600 : 300)
        limits.longestSilence = .seconds(30)
        return SSHSession(
            endpoint: endpoint, credentials: SSHCredentials(privateKey: try await key(of: site)),
            folder: sessionFolder(of: site), limits: limits, login: site.mfa == true ? .person : .key)
    }

    /// What to do about another host key than before; `nil`: what holds for allocations.
    private func hostKeyAdvice(of site: PilotSite) -> String? {
        guard site.type == FileQueue.siteType else { return nil }
        let change = "if that is right, give the new one as hostkey in the queue's section"
        guard site.hostkey == nil, let hostKeys, let host = site.host else { return change }
        return "\(change), or remove '\(hostKeys.file(of: host, port: site.port))'"
    }

    private func key(of site: PilotSite) async throws(SiteFailure) -> [UInt8] {
        guard let name = site.privatetoken else {
            throw SiteFailure(
                reason: "KeyMissing", message: "the allocation at \(site.resource) has no key yet", mender: .user,
                isOurs: true)
        }
        do {
            if site.type == FileQueue.siteType, let profileKey { return try await profileKey(name) }
            guard let bytes = try await infoservice.record(.privatetoken, name).secret else {
                throw VC3Error(.invalid, "privatetoken \(name) holds no key")
            }
            return bytes
        } catch {
            throw SiteFailure(reason: "KeyUnavailable", message: "\(error)", mender: .operator, isOurs: true)
        }
    }

    /// Reads `[user@]host[:port]`.
    private func hop(_ text: String, _ site: PilotSite, hostKey: PinnedHostKey?) throws(SiteFailure) -> SSHHop {
        let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
        let place = (parts.last ?? "").split(separator: ":", maxSplits: 1).map(String.init)
        guard let host = place.first, let port = place.count > 1 ? Int(place[1]) : 22 else {
            throw SiteFailure(
                reason: "GatewayInvalid",
                message: "resource \(site.resource): gateway '\(text)' is not [user@]host[:port]",
                mender: .operator, isOurs: true)
        }
        return SSHHop(host: host, port: port, user: parts.count > 1 ? parts[0] : site.account, hostKey: hostKey)
    }
}
