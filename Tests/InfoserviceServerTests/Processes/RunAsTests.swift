import Foundation
import InfoserviceAPI
import InfoserviceClient
import Testing
import VC3Model
import VC3Testing

/// `--runas`, started as root: the process and all that it makes belong to an ordinary account.
@Suite(.enabled(if: geteuid() == 0, "only root can become another user"), .timeLimit(.minutes(5)))
struct RunAsTests {
    private static func owner(of path: String) throws -> uid_t {
        let owner = try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? NSNumber
        return try #require(owner).uint32Value
    }

    @Test func rootIsGivenUpForGoodAndFilesBelongToTheAccount() async throws {
        let account = try #require(getpwnam("nobody")).pointee
        try await withScratchDirectory { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
            let state = folder.appending(path: "state").path
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
            chown(state, account.pw_uid, account.pw_gid)
            let logs = folder.appending(path: "logs").path
            let server = try InfoserviceProcess(
                in: folder.appending(path: "server"), authority: TestAuthority(),
                settings: """
                    [secrets]
                    keyfile = \(state)/sealing.key

                    [persistence]
                    plugin = SQLite

                    [plugin-sqlite]
                    filename = \(state)/store.sqlite
                    """)
            try await withProcesses([server]) {
                try await server.start(["--runas", "nobody", "--log", logs + "/infoservice.log"])
                let client = try server.client([server.address], .ana)
                _ = try await client.create(.samplePrivateToken("t", secret: "aHVudGVyMg"))
                try await client.shutdown()

                let status = try String(
                    contentsOfFile: "/proc/\(try #require(server.identifier))/status", encoding: .utf8)
                let (user, group) = ("\(account.pw_uid)", "\(account.pw_gid)")
                for line in status.split(separator: "\n") {
                    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
                    switch words[0] {
                    // Real, effective, saved and of the file system: there is no way back.
                    case "Uid:": #expect(Array(words.dropFirst()) == Array(repeating: user, count: 4))
                    case "Gid:": #expect(Array(words.dropFirst()) == Array(repeating: group, count: 4))
                    case "Groups:": #expect(Array(words.dropFirst()) == [group])
                    case "CapEff:", "CapPrm:": #expect(words[1].allSatisfy { $0 == "0" })
                    default: break
                    }
                }
                for place in [state, logs] {
                    let names = try FileManager.default.contentsOfDirectory(atPath: place)
                    #expect(!names.isEmpty)
                    for path in [place] + names.map({ place + "/" + $0 }) {
                        #expect(try Self.owner(of: path) == account.pw_uid, "\(path)")
                    }
                }
            }
        }
    }

    @Test func anAccountThatDoesNotExistIsRefused() async throws {
        try await withScratchDirectory { folder in
            let server = try InfoserviceProcess(in: folder, authority: TestAuthority(), settings: "")
            let error = await #expect(throws: VC3Error.self) {
                try await server.start(["--runas", "no-such-account"])
            }
            #expect(error?.message.contains("there is no such user") == true)
        }
    }
}
