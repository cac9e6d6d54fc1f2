import Foundation
import Logging
import Testing
import VC3Commands

@testable import Factory

/// What a host shows first is kept, and nothing that it shows later.
@Suite struct FirstHostKeysTests {
    /// Answers ssh-keyscan with these keys, one after the other, and then with nothing.
    private final class ShowingHost: CommandRunner, @unchecked Sendable {
        // Guarded by the lock.
        private var keys: [String]
        private let lock = NSLock()
        init(_ keys: [String]) { self.keys = keys }

        func run(_ command: Command) async throws(CommandError) -> CommandResult {
            guard command.arguments.first == "ssh-keyscan" else {
                return CommandResult(status: .exited(0), output: "256 SHA256:abc h (ED25519)\n", errorOutput: "")
            }
            let key = lock.withLock { keys.isEmpty ? nil : keys.removeFirst() }
            return CommandResult(
                status: .exited(0), output: key.map { "h ssh-ed25519 \($0)\n" } ?? "", errorOutput: "no route")
        }
    }

    private static func keys(_ folder: URL, _ host: ShowingHost) -> FirstHostKeys {
        FirstHostKeys(
            folder: folder.path, logger: Logger(label: "keys") { _ in SwiftLogNoOpLogHandler() }, runner: host)
    }

    @Test func theFirstKeyStays() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vc3-hostkeys-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await Self.keys(folder, ShowingHost(["AAAAfirst"])).key(of: "h", port: 22)
        #expect(first.base64 == "AAAAfirst")
        let others = Self.keys(folder, ShowingHost(["AAAAother", "AAAAport"]))
        #expect(try await others.key(of: "h", port: 22) == first)
        #expect(try await others.key(of: "h", port: 23).base64 == "AAAAother", "another port is another host")
        let file = others.file(of: "h", port: 22)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["h:22", "h:23"])
    }

    @Test func aHostThatShowsNoneAndAFileThatHoldsNone() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vc3-hostkeys-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys = Self.keys(folder, ShowingHost([]))
        let silent = await #expect(throws: CommandError.self) { try await keys.key(of: "h", port: 22) }
        #expect(silent?.reason == .unreachable)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("nonsense\n".utf8).write(to: URL(filePath: keys.file(of: "h", port: 22)))
        let damaged = Self.keys(folder, ShowingHost(["AAAAfirst"]))
        let error = await #expect(throws: CommandError.self) { try await damaged.key(of: "h", port: 22) }
        #expect(error?.message.contains("holds no host key; remove it") == true)
    }
}
