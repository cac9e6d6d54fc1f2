import Foundation
import Logging
import Synchronization
import Testing
import VC3Certificates
import VC3Commands
import VC3Model
import VC3Testing

@testable import FactoryCredentials

@Suite(.timeLimit(.minutes(5))) struct CredentialKeeperTests {
    private static let clock = WallClock { Timestamp(Date()) }
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func keeper(
        _ folder: String, _ board: CredentialBoard = CredentialBoard(), clock: WallClock = Self.clock,
        runner: any CommandRunner = LocalRunner(), tokens: CredentialKeeper.TokenSource? = nil
    ) -> CredentialKeeper {
        CredentialKeeper(
            folder: folder + "/credentials", board: board, clock: clock, logger: logger, runner: runner, tokens: tokens)
    }

    private static func proxy(_ lifetime: Duration) throws -> String {
        let key = try PrivateKey()
        let issuer = try CertificateIssuer.selfSigned(
            .root(SubjectName(commonName: "x"), lifetime: lifetime), key: key, at: Date())
        return issuer.certificate.pem + key.pem
    }

    /// Whoever asks twice gets the same.
    private static func token(_ left: Duration) -> String {
        CredentialLifeTests.token(#"{"iat":\#(Int(start) - 3600),"exp":\#(Int(start) + Int(left / .seconds(1)))}"#)
    }
    private static let start = Date().timeIntervalSince1970

    @Test func contentIsAFileForAsLongAsItsProfileIsThere() async throws {
        try await withScratchPath { folder in
            let keeper = Self.keeper(folder)
            let names = ["ana.alpha", "../../x", "A b"]
            await keeper.use(
                names.map { name in
                    AuthProfile(
                        name: name, credential: .ssh(SSHKeyProfile(type: "rsa", privateKey: .content(Array(name.utf8))))
                    )
                })
            for name in names {
                let path = try #require(try await keeper.file(of: name))
                #expect(path.hasPrefix(folder + "/credentials/") && !path.contains(".."))
                #expect(try String(contentsOfFile: path, encoding: .utf8) == name)
                #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            }
            await keeper.use([AuthProfile(name: "A b", credential: .nothing)])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/credentials").count == 1)
            #expect(try await keeper.file(of: "A b") == nil)
            await #expect(throws: VC3Error.self) { try await keeper.file(of: "ana.alpha") }
        }
    }

    @Test func aChangedProfileIsTakenUp() async throws {
        try await withScratchPath { folder in
            let keeper = Self.keeper(folder)
            for content in ["one", "two"] {
                await keeper.use([
                    AuthProfile(
                        name: "p",
                        credential: .ssh(SSHKeyProfile(type: "rsa", privateKey: .content(Array(content.utf8)))))
                ])
                let path = try #require(try await keeper.file(of: "p"))
                #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
            }
        }
    }

    /// A user may call a private token what they like.
    @Test func aPrivateTokenReplacesNoProfile() async throws {
        try await withScratchPath { folder in
            let keeper = Self.keeper(folder, tokens: { ["ana", "robot"].contains($0) ? Array("theirs".utf8) : nil })
            await keeper.use([AuthProfile(name: "robot", credential: .token(TokenProfile(file: "/robot")))])
            #expect(try await keeper.file(of: "robot") == "/robot")
            let path = try #require(try await keeper.file(of: "ana"))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "theirs")
            await keeper.use([])
            #expect(FileManager.default.fileExists(atPath: path))
            await keeper.release(allBut: [])
            #expect(!FileManager.default.fileExists(atPath: path))
            await #expect(throws: VC3Error.self) { try await keeper.file(of: "ben") }
        }
    }

    @Test func aProxyIsMadeAgainBeforeItEnds() async throws {
        try await withScratchPath { folder in
            let board = CredentialBoard()
            let file = folder + "/proxy.pem"
            let tool = ProxyTool(makes: try Self.proxy(.seconds(100_000)))
            let keeper = Self.keeper(folder, board, runner: tool)
            try Data(Self.proxy(.seconds(600)).utf8).write(to: URL(filePath: file))
            let profile = ProxyProfile(file: file, certificate: "/c.pem", key: "/k.pem", leastLife: .seconds(3600))
            await keeper.use([AuthProfile(name: "vo", credential: .proxy(profile))])
            await keeper.look()
            #expect(await tool.count == 1)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == tool.content)
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".new") } == [])
            let state = try #require(board.states.first)
            #expect(state.outlook(at: Self.clock.now()) == .valid && state.trouble == nil)
        }
    }

    /// What the tool says of a failure is told, and the old proxy stays.
    @Test func aProxyThatCannotBeMadeAgainStays() async throws {
        try await withScratchPath { folder in
            let board = CredentialBoard()
            let file = folder + "/proxy.pem"
            let old = try Self.proxy(.seconds(600))
            try Data(old.utf8).write(to: URL(filePath: file))
            let profile = ProxyProfile(file: file, leastLife: .seconds(3600))
            for (tool, word) in [(ProxyTool(makes: nil), "no server"), (ProxyTool(makes: "rubbish"), "made no proxy")] {
                let keeper = Self.keeper(folder, board, runner: tool)
                await keeper.use([AuthProfile(name: "vo", credential: .proxy(profile))])
                #expect(try String(contentsOfFile: file, encoding: .utf8) == old)
                #expect(board.states.first?.trouble?.contains(word) == true)
            }
        }
    }

    /// Whoever's server it is does not hear of it at each look, and what it said stays to be seen.
    @Test func aToolThatFailsIsAskedWithGrowingPauses() async throws {
        try await withScratchPath { folder in
            let board = CredentialBoard()
            let passed = Mutex(Duration.zero)
            let start = Timestamp(Date())
            let tool = ProxyTool(makes: nil)
            let keeper = Self.keeper(
                folder, board, clock: WallClock { start + passed.withLock { $0 } }, runner: tool)
            let profile = ProxyProfile(file: folder + "/proxy.pem", leastLife: .seconds(3600))
            await keeper.use([AuthProfile(name: "vo", credential: .proxy(profile))])
            for (seconds, calls) in [(59, 1), (61, 2), (179, 2), (182, 3), (421, 3), (423, 4)] {
                passed.withLock { $0 = .seconds(seconds) }
                await keeper.look()
                #expect(await tool.count == calls, "after \(seconds) s")
                #expect(board.states.first?.trouble?.contains("no server") == true)
            }
            // Another profile under the same name is another matter.
            await keeper.use([
                AuthProfile(name: "vo", credential: .proxy(ProxyProfile(file: folder + "/other.pem")))
            ])
            #expect(await tool.count == 5)
        }
    }

    @Test func aNewProxyThatEndsTooSoonIsTold() async throws {
        try await withScratchPath { folder in
            let board = CredentialBoard()
            let file = folder + "/proxy.pem"
            let tool = ProxyTool(makes: try Self.proxy(.seconds(600)))
            let keeper = Self.keeper(folder, board, runner: tool)
            await keeper.use([
                AuthProfile(name: "vo", credential: .proxy(ProxyProfile(file: file, leastLife: .seconds(3600))))
            ])
            await keeper.look()
            #expect(await tool.count == 1)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == tool.content)
            let condition = try #require(board.conditions(at: Self.clock.now()).first)
            #expect(condition.type == "Credential.vo" && condition.status == .yes && condition.mender == .operator)
            #expect(condition.reason == "NotRenewed" && condition.message.contains("what it is made from ends then"))
        }
    }

    /// By a real program: what it writes becomes the file, whole and for nobody else, or nothing does.
    @Test func aTokenIsMadeAgainByItsProgram() async throws {
        try await withScratchPath { folder in
            let board = CredentialBoard()
            let (file, fresh) = (folder + "/token", folder + "/fresh")
            try Data(Self.token(.seconds(60)).utf8).write(to: URL(filePath: file))
            try Data(Self.token(.seconds(3600)).utf8).write(to: URL(filePath: fresh))
            let keeper = Self.keeper(folder, board, runner: LocalRunner())
            func use(_ words: [String]) async {
                await keeper.use([
                    AuthProfile(name: "robot", credential: .token(TokenProfile(file: file, renewal: words)))
                ])
            }
            await use(["/bin/sh", "-c", "echo no agent >&2; exit 3"])
            #expect(board.states.first?.trouble?.contains("/bin/sh failed: no agent") == true)
            await use(["/bin/echo", "nothing"])
            #expect(board.states.first?.trouble?.contains("made no token") == true)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.token(.seconds(60)))
            await use(["/bin/cat", fresh])
            #expect(board.states.first?.trouble == nil)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.token(.seconds(3600)))
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.contains(".new-") })
        }
    }

    @Test func aPassphraseIsInNoArgument() {
        var profile = ProxyProfile(file: "/p", flavor: .myproxy, role: "cms")
        profile.myproxy = .init(host: "px", user: "ana", passphrase: "hunter2")
        let command = ProxyRenewal.command(for: profile, into: "/p.new")
        #expect(!command.arguments.contains { $0.contains("hunter2") } && command.environment.isEmpty)
        #expect(String(decoding: command.input, as: UTF8.self) == "hunter2\n")
        #expect(command.arguments.dropFirst(4).first == "myproxy-get-delegation")
    }

    @Test(arguments: [
        ("Unable to find user certificate", "Unable to find user certificate"),
        (
            "....+++.....*...Error: verification failed\n.....\n+++ *** Parameters unset!",
            "Error: verification failed Parameters unset!"
        ),
        (String(repeating: ".", count: 3000) + "no", "no"), (String(repeating: "a ", count: 300) + "the end", nil),
    ])
    func theToolsOwnWordsAreTold(said: String, words: String?) {
        let told = ProxyRenewal.words(of: CommandResult(status: .exited(1), errorOutput: said))
        #expect(words == nil ? told.hasSuffix("a the end") && told.count == 300 : told == words)
    }

    @Test func vomsIsAskedForWholeHours() {
        let profile = ProxyProfile(
            file: "/p", role: "cms:/cms/Role=pilot", certificate: "/c", key: "/k", lifetime: .seconds(7199),
            vomsArguments: ["-rfc"])
        #expect(
            ProxyRenewal.command(for: profile, into: "/p.new").arguments.dropFirst(4) == [
                "voms-proxy-init", "-out", "/p.new", "-valid", "1:00", "-cert", "/c", "-key", "/k", "-voms",
                "cms:/cms/Role=pilot", "-rfc",
            ])
    }
}

/// Writes what it was told to where voms-proxy-init would.
private actor ProxyTool: CommandRunner {
    nonisolated let content: String?
    private(set) var count = 0

    init(makes content: String?) { self.content = content }

    func run(_ command: Command) async throws(CommandError) -> CommandResult {
        count += 1
        guard let content, let option = command.arguments.firstIndex(of: "-out") else {
            return CommandResult(status: .exited(1), errorOutput: "no server\n")
        }
        _ = FileManager.default.createFile(atPath: command.arguments[option + 1], contents: Data(content.utf8))
        return CommandResult(status: .exited(0))
    }
}
