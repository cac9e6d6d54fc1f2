/// How long logs are kept.
public struct LogRetention: Sendable, Equatable {
    /// 0 for ever.
    public var keepDays: Int
    /// The same, for queues that say it themselves.
    public var keepDaysByQueue: [String: Int]
    /// The same, for pilots of requests; `nil`: as for all.
    public var keepDaysOfRequests: Int?
    /// The most bytes of all logs together; `nil`: any number. Those of today stay.
    public var mostBytes: Int64?

    public init(
        keepDays: Int, keepDaysByQueue: [String: Int] = [:], keepDaysOfRequests: Int? = nil, mostBytes: Int64? = nil
    ) {
        self.keepDays = keepDays
        self.keepDaysOfRequests = keepDaysOfRequests
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
            let limit = keepDays(of: folder)
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

    private func keepDays(of folder: LogFolder) -> Int {
        let name = folder.name.folder
        let ofQueue = keepDaysByQueue[name] ?? keepDaysByQueue[LogWriter.queue(ofFolder: name)]
        return ofQueue ?? (folder.isOfRequest ? keepDaysOfRequests : nil) ?? keepDays
    }
}

/// A folder of logs, whose it is, and how much is in it.
struct LogFolder: Sendable, Equatable {
    var name: LogFolderName
    /// Only those of requests have an owner.
    var isOfRequest = false
    var bytes: Int64
}
