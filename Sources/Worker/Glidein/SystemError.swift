import Glibc

/// A system call that failed, in words.
struct SystemError: Error, CustomStringConvertible {
    let description: String

    /// - Parameter code: By default that of the call just made.
    init(_ action: String, code: Int32 = errno) {
        description = "cannot \(action): " + String(cString: strerror(code)).lowercased()
    }
}

/// Monotonic seconds: unmoved by a clock that is set.
func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// Seconds since 1970.
func wallClockSeconds() -> Int { time(nil) }
