import Glibc

/// Whether something listens at a numeric address: one TCP connection, made and dropped.
struct ReachabilityProbe {
    let address: GlideinOptions.Address

    /// Nil when it listens, else what stood in the way. Takes `seconds` at most; `shouldStop` is asked twice a second.
    func obstacle(within seconds: Double, shouldStop: () -> Bool) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let target = found else {
            return "\(address) is not a numeric address"
        }
        defer { freeaddrinfo(found) }
        let socket = socket(target.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { return SystemError("open a socket").description }
        defer { close(socket) }
        let deadline = monotonicSeconds() + seconds
        if connect(socket, target.pointee.ai_addr, target.pointee.ai_addrlen) == 0 { return nil }
        guard errno == EINPROGRESS else { return Self.words(errno) }
        while monotonicSeconds() < deadline, !shouldStop() {
            var wait = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            guard poll(&wait, 1, 500) > 0 else { continue }
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
            return code == 0 ? nil : Self.words(code)
        }
        return "no answer"
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }

    static func isNumeric(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }
}
