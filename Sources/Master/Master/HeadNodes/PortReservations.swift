import VC3Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Gives each local head node a port that nobody uses and nobody else was given.
actor PortReservations {
    private let range: ClosedRange<Int>
    private var taken: [String: Int] = [:]

    init(range: ClosedRange<Int>) { self.range = range }

    /// Takes over a port that was given earlier.
    func note(_ port: Int, for request: String) { taken[request] = port }

    func release(_ request: String) { taken[request] = nil }

    /// - Throws: `unavailable` when there is none.
    func reserve(for request: String) throws -> Int {
        if let known = taken[request] { return known }
        let used = Set(taken.values)
        guard let port = range.first(where: { !used.contains($0) && Self.isFree($0) }) else {
            throw VC3Error(
                .unavailable,
                "no port from \(range.lowerBound) to \(range.upperBound) is free for a head node; end a request or widen the range"
            )
        }
        taken[request] = port
        return port
    }

    /// Whether a server could listen on the port, on every interface.
    static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // As HTCondor does: connections of an earlier daemon that are still being forgotten do not count.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    && listen(descriptor, 1) == 0
            }
        }
    }
}
