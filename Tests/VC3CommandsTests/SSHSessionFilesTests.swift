import Foundation
import Testing
import VC3Commands

@Suite(
    .enabled(if: SSHServer.isInstalled, "needs /usr/sbin/sshd (Debian: openssh-server)"), .serialized,
    .timeLimit(.minutes(2)))
struct SSHSessionFilesTests {
    @Test func aFileArrivesWholeWithItsMode() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            for (name, mode) in [("new/deep/it's a \"file\"", 0o600), ("plain", 0o755), ("-n", 0o400)]
                as [(String, Int)]
            {
                for size in [0, 1, 300_000] {
                    let bytes = (0..<size).map { _ in UInt8.random(in: 0...255) }
                    let path = "\(folder)/\(name)"
                    try await session.put(bytes, to: path, mode: UInt16(mode))
                    #expect(try Array(Data(contentsOf: URL(filePath: path))) == bytes)
                    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/new/deep").count == 1)
            await session.close()
        }
    }

    @Test func aLargeLocalFileArrives() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            let content = Data(
                repeatElement((0..<15_013).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }, count: 1000)
                    .joined())
            try content.write(to: URL(filePath: "\(folder)/local"))
            try await session.put(contentsOf: "\(folder)/local", to: "\(folder)/remote", mode: 0o644)
            #expect(try Data(contentsOf: URL(filePath: "\(folder)/remote")) == content)
            let missing = try await error { try await session.put(contentsOf: "\(folder)/none", to: "\(folder)/x") }
            #expect(missing.reason == .localFailure && missing.message.contains("\(folder)/none"))
            await session.close()
        }
    }

    @Test func aTransferCutShortLeavesTheOldFile() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            try await session.put(Array("old".utf8), to: "\(folder)/file")
            let made = try await LocalRunner().run(Command(["truncate", "-s", "2G", "\(folder)/large"]))
            try #require(made.succeeded)
            let failure = try await withThrowingTaskGroup(of: CommandError.self) { group in
                group.addTask {
                    try await error { try await session.put(contentsOf: "\(folder)/large", to: "\(folder)/file") }
                }
                try await eventually("the transfer runs") {
                    try FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.hasSuffix(".new") }
                }
                kill(try await masterPID("\(folder)/s"), SIGKILL)
                return try #require(try await group.next())
            }
            #expect(failure.reason == .connectionLost && failure.outcomeUnknown)
            try await eventually("the far end cleans up") {
                try !FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.hasSuffix(".new") }
            }
            #expect(try String(contentsOfFile: "\(folder)/file", encoding: .utf8) == "old")
            await session.close()
        }
    }

    @Test func aPathThatCannotBeWrittenIsNamed() async throws {
        try await withServer { server, folder in
            let session = server.session(in: "\(folder)/s")
            try Data().write(to: URL(filePath: "\(folder)/file"))
            let failure = try await error { try await session.put([1], to: "\(folder)/file/below") }
            #expect(failure.reason == .localFailure && failure.message.contains("\(folder)/file/below"))
            await session.close()
        }
    }
}
