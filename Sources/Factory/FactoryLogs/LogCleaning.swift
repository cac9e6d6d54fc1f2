import Foundation
public import Logging
public import ServiceLifecycle
public import VC3Model

/// Removes old logs, every hour.
public struct LogCleaning: Service {
    private let base: String
    private let retention: @Sendable () async -> LogRetention
    private let interval: Duration
    private let clock: WallClock
    private let logger: Logger

    /// - Parameters:
    ///   - base: The folder of ``LogLayout``.
    ///   - retention: Asked each time, as it may change.
    public init(
        _ base: String, interval: Duration = .seconds(3600), clock: WallClock, logger: Logger,
        retention: @escaping @Sendable () async -> LogRetention
    ) {
        self.base = base
        self.retention = retention
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    await clean()
                    try await Task.sleep(for: interval)
                }
            }
        } catch is CancellationError {
            return
        }
    }

    func clean() async {
        let retention = await retention()
        let today = LogLayout.day(of: clock.now())
        let (removed, failures) = await onThread { [base] in
            var failures: [String] = []
            let surplus = retention.surplus(
                of: Self.folders(below: base, measured: retention.mostBytes != nil), on: today)
            for folder in surplus {
                do {
                    try FileManager.default.removeItem(atPath: "\(base)/\(folder.name.day)/\(folder.name.folder)")
                } catch {
                    failures.append("\(folder.name.day)/\(folder.name.folder): \(error.localizedDescription)")
                }
            }
            // Of the days whose folders are all gone.
            for day in Self.days(below: base) where day < today { rmdir("\(base)/\(day)") }
            return (surplus.count - failures.count, failures)
        }
        if removed > 0 { logger.info("old logs were removed", metadata: ["folders": "\(removed)"]) }
        if let first = failures.first {
            logger.warning(
                "old logs could not be removed; look at who owns them",
                metadata: ["folders": "\(failures.count)", "first": "\(first)"])
        }
    }

    private static func days(below base: String) -> [String] {
        names(in: base).filter { LogFolderName.isDay($0) && isFolder("\(base)/\($0)") }
    }

    private static func folders(below base: String, measured: Bool) -> [LogFolder] {
        days(below: base).flatMap { day in
            names(in: "\(base)/\(day)").filter { isFolder("\(base)/\(day)/\($0)") }.map { name in
                LogFolder(
                    name: LogFolderName(day: day, folder: name),
                    isOfRequest: LogOwner.isKnown(of: "\(base)/\(day)/\(name)"),
                    bytes: measured ? bytes(in: "\(base)/\(day)/\(name)") : 0)
            }
        }
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    /// A link to a folder is none.
    private static func isFolder(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    private static func bytes(in folder: String) -> Int64 {
        guard let all = FileManager.default.enumerator(atPath: folder) else { return 0 }
        var sum: Int64 = 0
        while let name = all.nextObject() as? String {
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            sum += (attributes?[.size] as? NSNumber)?.int64Value ?? 0
        }
        return sum
    }
}
