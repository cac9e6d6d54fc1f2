import Foundation
import Testing
import VC3Certificates
import VC3Commands

@testable import Master

/// The scripts themselves, run by this machine's shell in a home of their own.
@Suite struct AuthorizedKeysChangeTests {
    static let new = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8V4+1kcFb3Ma0sZ6k8cX0d0T0s6GvW2vQ7g5eVh1xq ana.alpha"
    static let old = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ana.alpha"
    static let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE  ana at home"

    static func key(_ line: String) throws -> SSHPublicKey { try SSHPublicKey(parsing: line) }

    static func add() throws -> AuthorizedKeysChange { .add(try key(new), beside: try key(old)) }
    static func remove() throws -> AuthorizedKeysChange { .remove([try key(old)]) }

    static func withHome(_ body: (String) async throws -> Void) async throws {
        let home = NSTemporaryDirectory() + "vc3-home-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        try await body(home)
    }

    static func write(_ text: String, to path: String, mode: Int) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    static func read(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @discardableResult
    static func run(_ change: AuthorizedKeysChange, home: String) async throws -> AuthorizedKeysChange.Answer? {
        var command = Command.shell(change.script)
        command.environment = ["HOME": home]
        let result = try await LocalRunner().run(command)
        #expect(result.errorOutput == "")
        return AuthorizedKeysChange.answer(in: result.output)
    }

    /// What stands in the file, and what must stand there afterwards.
    static let additions: [(before: String, after: String)] = [
        ("", new + "\n"),
        ("\(old)\n", "\(old)\n\(new)\n"),
        ("\(other)\n\(old)", "\(other)\n\(old)\n\(new)\n"),
        ("# \(new)\n\(other)\n", "# \(new)\n\(other)\n\(new)\n"),
        ("\(other)\n\(new)", "\(other)\n\(new)"),
        (
            "no-pty,from=\"10.0.0.1, x\",command=\"echo \\\"a b\\\"\"  \(old) mine\n",
            "no-pty,from=\"10.0.0.1, x\",command=\"echo \\\"a b\\\"\"  \(old) mine\n"
                + "no-pty,from=\"10.0.0.1, x\",command=\"echo \\\"a b\\\"\"  \(new)\n"
        ),
    ]

    @Test(arguments: additions)
    func aLineIsAddedOnceAndAllOthersStay(before: String, after: String) async throws {
        try await Self.withHome { (home: String) async throws in
            let path = home + "/.ssh/authorized_keys"
            try Self.write(before, to: path, mode: 0o640)
            #expect(try await Self.run(Self.add(), home: home) == (before == after ? .unchanged : .done))
            #expect(try await Self.run(Self.add(), home: home) == .unchanged)
            #expect(try Self.read(path) == after)
            #expect(try Self.mode(path) == 0o640)
            #expect(try FileManager.default.contentsOfDirectory(atPath: home + "/.ssh") == ["authorized_keys"])
        }
    }

    static let removals: [(before: String, after: String)] = [
        ("\(other)\n\n# \(old)\n\(old)\n\(new)\n", "\(other)\n\n# \(old)\n\(new)\n"),
        ("no-pty \(old)\r\n\(other)\r\n", "\(other)\r\n"),
        ("\(old.split(separator: " ").prefix(2).joined(separator: " "))\n", ""),
        ("\(other)\n\(new)", "\(other)\n\(new)"),
    ]

    @Test(arguments: removals)
    func onlyTheLinesOfTheKeyGo(before: String, after: String) async throws {
        try await Self.withHome { (home: String) async throws in
            let path = home + "/.ssh/authorized_keys"
            try Self.write(before, to: path, mode: 0o600)
            #expect(try await Self.run(Self.remove(), home: home) == (before == after ? .unchanged : .done))
            #expect(try await Self.run(Self.remove(), home: home) == .unchanged)
            #expect(try Self.read(path) == after)
        }
    }

    @Test func aNewHomeGetsAPrivateFolder() async throws {
        try await Self.withHome { (home: String) async throws in
            #expect(try await Self.run(Self.remove(), home: home) == .unchanged)
            #expect(!FileManager.default.fileExists(atPath: home + "/.ssh"))
            #expect(try await Self.run(Self.add(), home: home) == .done)
            #expect(try Self.mode(home + "/.ssh") == 0o700)
            #expect(try Self.mode(home + "/.ssh/authorized_keys") == 0o600)
        }
    }

    @Test func linksStayLinks() async throws {
        try await Self.withHome { (home: String) async throws in
            try Self.write(Self.old + "\n", to: home + "/kept/keys", mode: 0o644)
            try FileManager.default.linkItem(atPath: home + "/kept/keys", toPath: home + "/second-name")
            try FileManager.default.createDirectory(atPath: home + "/.ssh", withIntermediateDirectories: true)
            let path = home + "/.ssh/authorized_keys"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "../kept/keys")
            #expect(try await Self.run(Self.add(), home: home) == .done)
            #expect(try await Self.run(Self.remove(), home: home) == .done)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "../kept/keys")
            #expect(try Self.read(home + "/second-name") == Self.new + "\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: home + "/kept") == ["keys"])
        }
    }

    @Test func theSecondFileCountsWhereTheOldKeyIsInIt() async throws {
        try await Self.withHome { (home: String) async throws in
            let path = home + "/.ssh/authorized_keys2"
            try Self.write(Self.old + "\n", to: path, mode: 0o600)
            #expect(try await Self.run(Self.add(), home: home) == .done)
            #expect(try await Self.run(Self.remove(), home: home) == .done)
            #expect(try Self.read(path) == Self.new + "\n")
            #expect(!FileManager.default.fileExists(atPath: home + "/.ssh/authorized_keys"))
        }
    }

    @Test func aFullDiskLeavesTheFileAsItWas() async throws {
        try await Self.withHome { (home: String) async throws in
            let path = home + "/.ssh/authorized_keys"
            // No file may grow beyond a block, and the new one would.
            try Self.write(String(repeating: "# \(Self.other)\n", count: 40) + Self.old, to: path, mode: 0o600)
            let before = try Self.read(path)
            var command = Command.shell("ulimit -f 1; trap '' XFSZ\n" + (try Self.add().script))
            command.environment = ["HOME": home]
            let result = try await LocalRunner().run(command)
            guard case .refused = AuthorizedKeysChange.answer(in: result.output) else {
                Issue.record("\(result)")
                return
            }
            #expect(try Self.read(path) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: home + "/.ssh") == ["authorized_keys"])
        }
    }

    @Test func aHomeThatCannotBeWrittenIsRefusedWithTheReason() async throws {
        let answer = try await Self.run(Self.add(), home: "/proc")
        guard case .refused(let words) = answer else {
            Issue.record("\(String(describing: answer))")
            return
        }
        #expect(words.contains("/proc/.ssh"))
    }

    @Test func changesAtTheSameMomentLoseNothing() async throws {
        try await Self.withHome { (home: String) async throws in
            try Self.write(Self.other + "\n", to: home + "/.ssh/authorized_keys", mode: 0o600)
            let keys = try (0..<12).map { number in
                let blob = try Self.key(Self.new).blob.dropLast() + [UInt8(number)]
                return try Self.key("ssh-ed25519 \(Data(blob).base64EncodedString()) key\(number)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for key in keys { group.addTask { _ = try await Self.run(.add(key, beside: nil), home: home) } }
                try await group.waitForAll()
            }
            let lines = try Self.read(home + "/.ssh/authorized_keys").split(separator: "\n").map(String.init)
            #expect(Set(lines) == Set(keys.map(\.line) + [Self.other]))
            #expect(lines.count == keys.count + 1)
        }
    }
}
