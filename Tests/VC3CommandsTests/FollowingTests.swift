import Foundation
import Synchronization
import Testing

@testable import VC3Commands

@Suite(
    .enabled(if: SSHServer.isInstalled, "needs /usr/sbin/sshd (Debian: openssh-server)"), .serialized,
    .timeLimit(.minutes(3)))
struct FollowingTests {
    @Test func filesComeWholeAndInOrderAndAreRemoved() async throws {
        try await withFollower { spool, heard, _, _ in
            for (name, content) in [
                ("1", []), ("2-b.json", Array("x\n\nvc3- end\n".utf8)), ("3_c", Array(0...255)),
                ("4", Array(repeating: 10, count: 300_000)),
            ] as [(String, [UInt8])] {
                try write(content, as: name, in: spool)
            }
            try Data().write(to: URL(filePath: "\(spool)/.unfinished"))
            try Data().write(to: URL(filePath: "\(spool)/not for us"))
            try await eventually("all came") { heard.names.count == 4 }
            #expect(heard.names == ["1", "2-b.json", "3_c", "4"])
            #expect(heard.files["3_c"] == Array(0...255) && heard.files["4"]?.count == 300_000)
            #expect(heard.files["2-b.json"] == Array("x\n\nvc3- end\n".utf8))
            try await eventually("they are removed") { try list(spool) == [".unfinished", "not for us"] }
        }
    }

    @Test func moreThanABatchComesWhole() async throws {
        try await withFollower { spool, heard, _, _ in
            for number in 0..<450 { try write([UInt8(number % 256)], as: "f\(1000 + number)", in: spool) }
            try await eventually("all came") { heard.names.count >= 450 }
            #expect(heard.files.count == 450)
            try await eventually("they are removed") { try list(spool).isEmpty }
        }
    }

    @Test func noneIsLostHoweverOftenTheConnectionDies() async throws {
        try await withFollower { spool, heard, folder, _ in
            for round in 0..<4 {
                for number in 0..<25 { try write([1], as: "r\(round)-\(number)", in: spool) }
                if let pid = try? await masterPID("\(folder)/s") { kill(pid, SIGKILL) }
                try write([2], as: "r\(round)-last", in: spool)
                try await eventually("round \(round) came") { heard.files.count == (round + 1) * 26 }
            }
            try await eventually("all are removed") { try list(spool).isEmpty }
        }
    }

    @Test func whatWasNotTakenComesAgain() async throws {
        try await withScratchFolder { folder in
            let server = try await SSHServer(in: folder)
            defer { server.stop() }
            let session = server.session(in: "\(folder)/s")
            let spool = "\(folder)/spool"
            try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
            try write([7], as: "event", in: spool)
            struct Refused: Error {}
            await #expect(throws: Refused.self) {
                try await session.follow(SpoolFolder(spool)) { _ in throw Refused() }
            }
            #expect(try list(spool) == ["event"])
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await session.follow(SpoolFolder(spool)) { heard.note($0) } }
                try await eventually("it comes again") { heard.names == ["event"] }
                group.cancelAll()
                while await group.nextResult() != nil {}
            }
            await session.close()
        }
    }

    /// As when a laptop sleeps: the connection is there and nothing comes through.
    @Test func aWayThatSaysNothingIsGivenUpAndTakenAgain() async throws {
        var limits = SSHLimits()
        limits.longestSilence = .seconds(13)
        try await withFollower(limits: limits) { spool, heard, folder, session in
            try write([1], as: "before", in: spool)
            try await eventually("it came") { heard.names == ["before"] }
            let pid = try await masterPID("\(folder)/s")
            let clients = try processes(with: "\(folder)/s/config")
            kill(pid, SIGSTOP)
            try write([1], as: "meanwhile", in: spool)
            try await eventually("the client is given up") {
                try Set(processes(with: "\(folder)/s/config")).isDisjoint(with: Set(clients).subtracting([pid]))
            }
            kill(pid, SIGCONT)
            try await eventually("it came") { heard.files["meanwhile"] != nil }
        }
    }

    @Test func nothingRunsThereWhenTheFollowerIsGone() async throws {
        let name = "spool\(UInt32.random(in: 0...UInt32.max))"
        try await withFollower(name: name) { _, _, folder, _ in
            try await eventually("the script runs") { try !processes(with: name).isEmpty }
        }
        try await eventually("the script has ended") { try processes(with: name).isEmpty }
    }

    @Test func theReaderTakesPiecesOfAnySize() throws {
        let text =
            "motd\nm idle\n\nm file a\nx\n\nm end\n\nm file b\n\nm not\n\nm file c\n\nm end\n\nm ask\n\nm file d\ny\nm end\n\nm ask\n"
        for size in 1...text.utf8.count {
            var reader = SpoolReader(mark: "m")
            var batches: [[SpooledFile]] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                var piece = Array(rest.prefix(size))
                while let batch = reader.take(piece) {
                    batches.append(batch)
                    piece = []
                }
                rest = rest.dropFirst(size)
            }
            #expect(
                batches == [
                    [SpooledFile(name: "a", content: Array("x\n".utf8)), SpooledFile(name: "c", content: [])],
                    [SpooledFile(name: "d", content: Array("y".utf8))],
                ], "pieces of \(size)")
        }
    }
}

/// What a follower has heard.
final class Heard: Sendable {
    private let all = Mutex<[SpooledFile]>([])

    func note(_ file: SpooledFile) { all.withLock { $0.append(file) } }
    var names: [String] { all.withLock { $0.map(\.name) } }
    var files: [String: [UInt8]] {
        all.withLock { Dictionary($0.map { ($0.name, $0.content) }, uniquingKeysWith: { $1 }) }
    }
}

func withFollower(
    name: String = "spool", limits: SSHLimits = SSHLimits(),
    _ body: @escaping @Sendable (String, Heard, String, SSHSession) async throws -> Void
) async throws {
    try await withServer { server, folder in
        let session = server.session(in: "\(folder)/s", limits: limits)
        let (spool, heard) = ("\(folder)/\(name)", Heard())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await session.follow(SpoolFolder(spool)) { heard.note($0) } }
            try await eventually("the folder is made") { FileManager.default.fileExists(atPath: spool) }
            try await body(spool, heard, folder, session)
            group.cancelAll()
            while await group.nextResult() != nil {}
        }
        await session.close()
    }
}

/// As pilots write: whole, or not at all.
func write(_ content: [UInt8], as name: String, in folder: String) throws {
    try Data(content).write(to: URL(filePath: "\(folder)/.\(name)"))
    try FileManager.default.moveItem(atPath: "\(folder)/.\(name)", toPath: "\(folder)/\(name)")
}

func list(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}
