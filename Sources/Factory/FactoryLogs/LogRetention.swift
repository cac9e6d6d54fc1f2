/// How long logs are kept.
public struct LogRetention: Sendable, Equatable {
    /// 0 for ever.
    public var keepDays: Int
    /// The same, for queues that say it themselves.
    public var keepDaysByQueue: [String: Int]
    /// The most bytes of all logs together; `nil`: any number. Those of today stay.
    public var mostBytes: Int64?

    public init(keepDays: Int, keepDaysByQueue: [String: Int] = [:], mostBytes: Int64? = nil) {
        self.keepDays = keepDays
        self.keepDaysByQueue = Dictionary(
            keepDaysByQueue.map { (LogLayout.name(of: $0.key), $0.value) }, uniquingKeysWith: max)
        self.mostBytes = mostBytes
    }

    /// What is to go: what is too old, and then the oldest while there is too much.
    ///
    /// - Parameter today: `YYYY-MM-DD`, UTC.
    func surplus(of folders: [LogFolder], on today: String) -> [LogFolder] {
        guard let now = LogDay.number(of: today) else { return [] }
        var gone: [LogFolder] = []
        var kept: [(day: Int, folder: LogFolder)] = []
        for folder in folders {
            guard let day = LogDay.number(of: folder.name.day) else { continue }
            let limit = keepDays(of: folder.name.folder)
            if limit > 0, now - day > limit { gone.append(folder) } else { kept.append((day, folder)) }
        }
        guard let mostBytes else { return gone }
        var bytes = kept.reduce(0) { $0 + $1.folder.bytes }
        for (day, folder) in kept.sorted(by: { ($0.day, $0.folder.name.folder) < ($1.day, $1.folder.name.folder) })
        where bytes > mostBytes && day < now {
            gone.append(folder)
            bytes -= folder.bytes
        }
        return gone
    }

    private func keepDays(of folder: String) -> Int {
        keepDaysByQueue[folder] ?? keepDaysByQueue[LogWriter.queue(ofFolder: folder)] ?? keepDays
    }
}

/// A folder of logs, and how much is in it.
struct LogFolder: Sendable, Equatable {
    var name: LogFolderName
    var bytes: Int64
}
