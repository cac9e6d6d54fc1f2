import CGlidein
import Glibc

/// What a node has for this process. What could not be found out is nil.
public struct NodeFacts: Sendable, Hashable {
    /// The folder that ``disk`` is about.
    public var scratch: String
    /// MiB that an ordinary user may still write there.
    public var disk: Int?
    /// MiB: the machine's, or what the control groups of this process allow.
    public var memory: Int?
    /// Processors that this process may run on at once.
    public var cores: Int?
    /// Seconds since 1970.
    public var clock: Int
    /// The same, as the file system says that has the pilot's report.
    public var fileClock: Int?

    public init(
        scratch: String, disk: Int? = nil, memory: Int? = nil, cores: Int? = nil, clock: Int, fileClock: Int? = nil
    ) {
        self.scratch = scratch
        self.disk = disk
        self.memory = memory
        self.cores = cores
        self.clock = clock
        self.fileClock = fileClock
    }

    /// - Parameter report: A file that was written just now, if there is one.
    static func measured(scratch: String, report: String?) -> NodeFacts {
        let limits = ControlGroups.ofThisProcess
        let bytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        var file = stat()
        let hasFile = report.map { stat($0, &file) == 0 } ?? false
        return NodeFacts(
            scratch: scratch, disk: freeDisk(in: scratch),
            memory: [limits.memory, bytes > 0 ? bytes : nil].compactMap(\.self).min().map { $0 / 1_048_576 },
            cores: [limits.cores, processors].compactMap(\.self).min(), clock: wallClockSeconds(),
            fileClock: hasFile ? file.st_mtim.tv_sec : nil)
    }

    private static func freeDisk(in folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int(status.f_bavail) * Int(status.f_frsize) / 1_048_576
    }

    private static var processors: Int? {
        let count = glidein_processors()
        return count > 0 ? Int(count) : nil
    }
}
