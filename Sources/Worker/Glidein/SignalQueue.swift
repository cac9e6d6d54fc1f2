import Glibc

/// Signals, taken one by one rather than by handlers: the program is one thread that waits for nothing else.
///
/// While this exists the signals are blocked, so none is lost between two looks.
final class SignalQueue {
    static let stopping = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2]
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        for number in Self.stopping + [SIGCHLD] { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// The next signal, or nil after so many seconds without one.
    func next(within seconds: Double) -> Int32? {
        let bounded = max(0, min(seconds, 86_400))
        var timeout = timespec(tv_sec: Int(bounded), tv_nsec: Int((bounded - bounded.rounded(.down)) * 1e9))
        var information = siginfo_t()
        let number = sigtimedwait(&set, &information, &timeout)
        return number > 0 ? number : nil
    }
}
