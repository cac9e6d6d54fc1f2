#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The address under which other machines see this one.
enum SourceAddress {
    /// The IPv4 address that this machine uses on the way to the first of `hosts` that has a route; without any, the
    /// loopback address, which serves workers on this machine.
    ///
    /// Nothing is sent: connecting a datagram socket only looks up the route (connect(2), udp(7)).
    static func toward(_ hosts: [String]) async throws -> String {
        try await WaitingThread.run {
            hosts.lazy.compactMap(source(toward:)).first { !$0.hasPrefix("127.") } ?? "127.0.0.1"
        }
    }

    private static func source(toward host: String) -> String? {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "22", &hints, &found) == 0, let found else { return nil }
        defer { freeaddrinfo(found) }
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else { return nil }
        var own = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        guard named else { return nil }
        let number = UInt32(bigEndian: own.sin_addr.s_addr)
        return [24, 16, 8, 0].map { String(number >> UInt32($0) & 255) }.joined(separator: ".")
    }
}
