/// What the control groups of a process allow it, of either version of the interface (cgroups(7)).
public struct ControlGroups: Sendable, Hashable {
    /// Bytes; nil: any number.
    public var memory: Int?
    /// Whole processors, rounded to the next; nil: any number.
    public var cores: Int?

    static var ofThisProcess: ControlGroups {
        let own = (try? PrivateFolder.text(of: "/proc/self/cgroup", limit: 65_536)) ?? ""
        return ControlGroups(membership: own) { try? PrivateFolder.text(of: $0, limit: 4096) }
    }

    /// - Parameters:
    ///   - membership: The text of `/proc/PID/cgroup`.
    ///   - read: The text of a file; nil if there is none.
    public init(membership: String, read: (String) -> String?) {
        for line in membership.split(separator: "\n") {
            // hierarchy:controllers:path
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",")
            for folder in Self.folders(String(fields[2])) {
                if fields[0] == "0", fields[1].isEmpty {
                    limit(memory: read("/sys/fs/cgroup\(folder)/memory.max"))
                    limit(quota: read("/sys/fs/cgroup\(folder)/cpu.max"))
                } else if controllers.contains("memory") {
                    limit(memory: read("/sys/fs/cgroup/memory\(folder)/memory.limit_in_bytes"))
                } else if controllers.contains("cpu") {
                    let base = "/sys/fs/cgroup/\(fields[1])\(folder)/cpu.cfs_"
                    limit(quota: read(base + "quota_us").map { "\($0) \(read(base + "period_us") ?? "")" })
                }
            }
        }
    }

    /// A group's folder and those above it: each of them limits.
    private static func folders(_ path: String) -> [String] {
        var parts = path.split(separator: "/")
        var folders: [String] = [""]
        while !parts.isEmpty {
            folders.append("/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return folders
    }

    /// `max`, or a number of bytes. Version 1 has a huge one for no limit.
    private mutating func limit(memory text: String?) {
        guard let text, let bytes = Int(text.prefix { $0.isNumber }), bytes > 0, bytes < 1 << 60 else { return }
        memory = min(memory ?? bytes, bytes)
    }

    /// `QUOTA PERIOD`, both in microseconds; `max` or -1 for no limit.
    private mutating func limit(quota text: String?) {
        let words = (text ?? "").split(whereSeparator: \.isWhitespace).map { Int($0) }
        guard words.count == 2, let quota = words[0], let period = words[1], quota > 0, period > 0 else { return }
        let found = (quota + period - 1) / period
        cores = min(cores ?? found, found)
    }
}
