import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a process reads as its standard input while it runs.
///
/// A socket, not a pipe: to write to a process that is gone is an error then, and never raises SIGPIPE.
final class ProcessInput: Sendable {
    private let writingEnd: Mutex<CInt?>
    /// The process's end. Whoever starts the process closes it.
    let readingEnd: FileDescriptor

    init() throws(CommandError) {
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, Self.kind, 0, &ends) == 0 else {
            throw CommandError(.localFailure, "cannot make a socket pair: \(Errno(rawValue: errno))")
        }
        writingEnd = Mutex(ends[0])
        readingEnd = FileDescriptor(rawValue: ends[1])
    }

    deinit { finish() }

    #if canImport(Glibc)
        private static let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
        private static let kind = CInt(SOCK_STREAM | SOCK_CLOEXEC)
    #endif

    /// The process sees the end of its input.
    func finish() {
        writingEnd.withLock { end in
            if let open = end { close(open) }
            end = nil
        }
    }

    /// Hands the bytes over, as fast as they are taken.
    ///
    /// - Returns: How many were taken: fewer than given if nobody reads any more or the task was cancelled.
    func write(_ bytes: [UInt8]) async -> Int {
        var taken = 0
        var pause = Duration.milliseconds(1)
        while taken < bytes.count {
            switch push(bytes[taken...]) {
            case .some(0):
                do { try await Task.sleep(for: pause) } catch { return taken }
                pause = min(pause * 2, .milliseconds(20))
            case .some(let count):
                taken += count
                pause = .milliseconds(1)
            case nil: return taken
            }
        }
        return taken
    }

    /// How many bytes went without waiting; `nil` if none ever will again.
    private func push(_ bytes: ArraySlice<UInt8>) -> Int? {
        writingEnd.withLock { end -> Int? in
            guard let end else { return nil }
            while true {
                let count = bytes.withUnsafeBytes {
                    send(end, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
                }
                if count >= 0 { return count }
                if errno == EINTR { continue }
                return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : nil
            }
        }
    }
}
