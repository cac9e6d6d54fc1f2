import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

/// Prints figures; asserts nothing, because they are the machine's. Runs with `VC3_MEASURE=1` in the environment.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["VC3_MEASURE"] == "1"))
struct Measurements {
    private let clock = ContinuousClock()

    @Test func durableWrites() async throws {
        try await withScratchDirectory { directory in
            let flush = try flushTime(directory.appending(path: "probe").path)
            print("one flush: \(flush)")
        }
        for writers in [1, 16, 64] {
            try await withSQLiteStore { store in
                let ana = InfoserviceSession(identity: .ana, engine: store)
                let each = 6400 / max(writers, 8)
                let time = try await clock.measure {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for writer in 0..<writers {
                            group.addTask {
                                for number in 0..<each {
                                    _ = try await ana.create(Self.draft("w\(writer)-\(number)"))
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                print("\(writers) writers: \(Int(Double(writers * each) / time.inSeconds)) durable creates a second")
            }
        }
    }

    @Test func overMutualTLS() async throws {
        try await withSQLiteStore { store in
            try await withRunningInfoservice(on: store) { running in
                let client = try await running.client(.ana)
                _ = try await client.create(Self.draft("n"))
                for callers in [1, 16] {
                    for isWrite in [false, true] {
                        let each = 1600 / callers
                        let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
                            for caller in 0..<callers {
                                group.addTask {
                                    var times: [Duration] = []
                                    for number in 0..<each {
                                        times.append(
                                            try await clock.measure {
                                                if isWrite {
                                                    _ = try await client.create(
                                                        Self.draft("c\(callers)-\(caller)-\(number)"))
                                                } else {
                                                    _ = try await client.record(.nodeinfo, "n")
                                                }
                                            })
                                    }
                                    return times
                                }
                            }
                            return try await group.reduce([], +).sorted()
                        }
                        print(
                            "\(callers) callers, \(isWrite ? "create" : "read"): median \(times[times.count / 2]),",
                            "p99 \(times[times.count * 99 / 100])")
                    }
                }
            }
        }
    }

    /// About 1 KiB.
    private static func draft(_ name: String) -> EntityDraft {
        var draft = EntityDraft.sampleNodeinfo(name)
        draft.spec["description"] = .string(String(repeating: "x", count: 700))
        return draft
    }

    private func flushTime(_ path: String) throws -> Duration {
        let file = open(path, O_WRONLY | O_CREAT, 0o600)
        defer { close(file) }
        let page = [UInt8](repeating: 1, count: 4096)
        let time = clock.measure {
            for _ in 0..<200 {
                write(file, page, page.count)
                fdatasync(file)
            }
        }
        return time / 200
    }
}
