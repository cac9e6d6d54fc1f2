import Crypto
import Foundation
public import VC3Model

/// Names an account at a site: everything that decides where commands run and as whom. Keys may change without a new id.
public struct SiteID: RawRepresentable, Hashable, Codable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ site: PilotSite) {
        let parts =
            [
                site.method, site.flavor, site.host ?? "", String(site.port), site.gateway ?? "", site.account,
            ] + ["context", "namespace"].compactMap { site.settings?[$0] }
            // One allocation's login is nobody else's, whatever account they name.
            // Those of queues of files are one Factory's own, with a credential of their own.
            + (site.type == FileQueue.siteType ? [site.type, site.resource, site.privatetoken ?? ""] : [])
            + (site.mfa == true ? ["mfa", site.privatetoken ?? ""] : [])
        let digest = SHA256.hash(data: Data(parts.joined(separator: "\n").utf8))
        rawValue = digest.prefix(6).map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }

    public var description: String { rawValue }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
