import Foundation

/// What this process has used so far.
enum Usage {
    /// Processor seconds of all its threads (getrusage(2)).
    static var processor: Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Bytes of memory it occupies (proc(5), `VmRSS`).
    static var memory: Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return kibibytes * 1024
    }
}

/// Writes a line at once, so that what was measured before a failure is there.
func say(_ line: String) {
    print(line)
    fflush(nil)
}
