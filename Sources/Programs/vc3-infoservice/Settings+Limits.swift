import InfoserviceServer
import VC3Configuration
import VC3Transport

extension Settings {
    /// `[limits]`: what identities and connections may cost.
    static func limits(_ configuration: ConfigurationReader) -> (RequestLimits, ConnectionLimits) {
        let section = configuration.section("limits")
        let standard = RequestLimits()
        let requests = RequestLimits(
            reads: rate(section, "reads", "readburst", standard.reads, "requests that read"),
            writes: rate(section, "writes", "writeburst", standard.writes, "requests that write"),
            watches: unlimited(
                section.value(
                    "watches", .integer(in: 0...1_000_000), default: standard.watches ?? 0,
                    "open watches of one user or agent; 0: as many as they like")))
        var connections = ConnectionLimits()
        let time = ValueKind<Duration>.duration(in: .seconds(1) ... .seconds(86_400))
        connections.total = section.value(
            "connections", .integer(in: 1...1_000_000), default: connections.total, "open connections")
        connections.perAddress = section.value(
            "addressconnections", .integer(in: 1...1_000_000), default: connections.perAddress,
            "open connections of one network address")
        connections.pending = section.value(
            "handshakes", .integer(in: 1...1_000_000), default: connections.pending,
            "connections whose TLS handshake has not ended; one more crowds out the oldest")
        connections.failures = section.value(
            "failures", .integer(in: 1...1_000_000), default: connections.failures,
            "failed handshakes of one address in a row; 5 a second are forgiven")
        connections.handshake = section.value(
            "handshaketimeout", time, default: connections.handshake, "time for a TLS handshake")
        connections.request = section.value(
            "requesttimeout", time, default: connections.request, "time for a whole request to arrive")
        connections.idle = section.value(
            "idletimeout", time, default: connections.idle, "time that a connection may be without a request")
        connections.unread = section.value(
            "unreadtimeout", time, default: connections.unread, "time that a peer may leave an answer unread")
        return (requests, connections)
    }

    private static func rate(
        _ section: SectionReader, _ key: String, _ burstKey: String, _ standard: Rate?, _ what: String
    ) -> Rate? {
        let perSecond = section.value(
            key, .integer(in: 0...1_000_000), default: standard?.perSecond ?? 0,
            "\(what), a second, for each user and agent; 0: as many as they like")
        let burst = section.value(
            burstKey, .integer(in: 1...1_000_000), default: standard?.burst ?? 1, "how many of them at once")
        return perSecond == 0 ? nil : Rate(perSecond: perSecond, burst: burst)
    }

    private static func unlimited(_ value: Int) -> Int? { value == 0 ? nil : value }
}
