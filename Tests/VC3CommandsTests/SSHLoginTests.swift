import Foundation
import Testing

@testable import VC3Commands

/// A person's login: who may make a connection, and how answers get to ssh(1). What sshd asks is tried in the lab.
@Suite(.enabled(if: SSHServer.isInstalled)) struct SSHLoginTests {
    static func session(_ server: SSHServer, _ folder: String) -> SSHSession {
        SSHSession(
            endpoint: server.endpoint(), credentials: SSHCredentials(privateKey: server.userKey),
            folder: folder + "/session", login: .person)
    }

    @Test func withoutALoginNobodyKnocks() async throws {
        try await withServer { server, folder in
            let session = Self.session(server, folder)
            for _ in 0..<3 {
                let error = await #expect(throws: CommandError.self) { try await session.open() }
                #expect(error?.reason == .loginNeeded)
            }
            #expect(server.knocks == 0)
        }
    }

    @Test func aLoginIsRiddenOnUntilItIsEnded() async throws {
        try await withServer { server, folder in
            try await Self.session(server, folder).logIn { (_) throws(CommandError) in
                throw CommandError(.cancelled, "a key was enough; nobody is asked")
            }
            let master = SSHMaster(folder: folder + "/session")
            #expect(await master.state == .live)
            // Another process with the same folder, say after a crash, uses it; closing a session does not end it.
            for _ in 0..<2 {
                let rider = Self.session(server, folder)
                #expect(try await rider.run(.shell("echo there")).output == "there\n")
                await rider.close()
            }
            #expect(server.logins == 1)
            let rider = Self.session(server, folder)
            try await rider.open()
            await master.end()
            #expect(await master.state == .gone)
            #expect(!FileManager.default.fileExists(atPath: folder + "/session/key"))
            let error = await #expect(throws: CommandError.self) { try await rider.run(.shell("true")) }
            #expect(error?.reason == .loginNeeded)
            #expect(server.logins == 1 && server.knocks == 1)
        }
    }

    @Test func anAnswerGoesThroughAPipe() async throws {
        try await withScratchFolder { path in
            let folder = try PrivateFolder(creating: path + "/own")
            let askpass = try Askpass(in: folder)
            let program = try #require(askpass.environment["SSH_ASKPASS"])
            async let asked = LocalRunner().run(Command([program, "Code for $HOME `id`: "]))
            var question: Askpass.Question?
            try await eventually("it asks") {
                question = askpass.next()
                return question != nil
            }
            #expect(question?.text == "Code for $HOME `id`: ")
            #expect(askpass.next() == nil)
            #expect(await askpass.answer(try #require(question), Array("12 34'\"".utf8)))
            let result = try await asked
            #expect(result.succeeded && result.output == "12 34'\"\n")
            askpass.remove()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test func whoNoLongerWaitsTakesNoAnswer() async throws {
        try await withScratchFolder { path in
            let askpass = try Askpass(in: try PrivateFolder(creating: path + "/own"))
            #expect(await askpass.answer(.init(pipe: path + "/own/answer.1", text: ""), [49]) == false)
        }
    }

    @Test func aConfirmationIsNotGiven() async throws {
        try await withScratchFolder { path in
            let askpass = try Askpass(in: try PrivateFolder(creating: path + "/own"))
            let program = try #require(askpass.environment["SSH_ASKPASS"])
            let result = try await LocalRunner().run(
                Command([program, "Use the key?"], environment: ["SSH_ASKPASS_PROMPT": "confirm"]))
            #expect(!result.succeeded && askpass.next() == nil)
        }
    }
}
