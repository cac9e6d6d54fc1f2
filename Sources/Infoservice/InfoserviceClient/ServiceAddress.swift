import VC3Model

/// Where an Infoservice, or one of its replicas, listens.
public struct ServiceAddress: Sendable, Hashable, CustomStringConvertible {
    /// The port of the original.
    public static let standardPort = 20_334

    public var host: String
    public var port: Int

    public init(host: String, port: Int = ServiceAddress.standardPort) {
        self.host = host
        self.port = port
    }

    /// Reads `host`, `host:port`, `[2001:db8::7]:port`, each also behind `https://`.
    ///
    /// - Parameter port: When the text names none.
    /// - Throws: ``VC3Error`` `invalid`.
    public init(_ text: String, port standard: Int = ServiceAddress.standardPort) throws {
        let pattern = /(?:https:\/\/)?(?:\[([0-9A-Fa-f:.%]+)\]|([^\[\]:\/\s]+))(?::([0-9]{1,5}))?\/?/
        let isBareIPv6 = text.filter { $0 == ":" }.count > 1 && !text.contains { "[]/".contains($0) }
        if isBareIPv6 {
            self.init(host: text, port: standard)
            return
        }
        guard let match = text.wholeMatch(of: pattern), let host = match.1 ?? match.2 else {
            throw VC3Error(.invalid, "'\(text)' is not an address; give host, host:port or https://host:port")
        }
        let port = match.3.flatMap { Int($0) } ?? standard
        guard (1...65_535).contains(port) else { throw VC3Error(.invalid, "'\(text)' names no TCP port") }
        self.init(host: String(host), port: port)
    }

    /// With brackets around an IPv6 address, as in a URL.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
