import Foundation
import VC3Certificates
import VC3Commands
import VC3Model

@testable import Master

/// A login host that answers as it is told.
final actor FakeLogin: LoginChecking {
    var answer: Result<LoginFindings, CommandError> = .success(LoginFindings())
    var shown = PinnedHostKey(type: "ssh-ed25519", base64: "AAAAC3NzaC1lZDI1NTE5AAAAIA==")
    /// The account's home, when it has one: then the host looks at keys, and scripts that change them do so.
    private var home: String?
    /// Public key lines that count beside what stands in the home.
    private var managed: [String] = []
    private var isReadOnly = false
    private var repliesToLose = 0
    private(set) var pinned: [PinnedHostKey?] = []
    private(set) var programs: [String?] = []
    private(set) var isAway = false

    func answer(_ answer: Result<LoginFindings, CommandError>) { self.answer = answer }
    func show(_ key: PinnedHostKey) { shown = key }
    func goAway(_ away: Bool) { isAway = away }
    func live(in home: String) { self.home = home }
    func manage(_ lines: [String]) { managed = lines }
    func beReadOnly(_ readOnly: Bool) { isReadOnly = readOnly }
    /// The next `count` changes of keys happen, and nobody hears of it.
    func loseReplies(_ count: Int) { repliesToLose = count }

    /// The lines of the account's `authorized_keys`.
    func lines() -> [String] {
        let text = home.flatMap { try? String(contentsOfFile: $0 + "/.ssh/authorized_keys", encoding: .utf8) }
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    func accepts(_ privateKey: [UInt8]) throws -> Bool {
        let key = try SSHPublicKey(openSSHPrivateText: String(decoding: privateKey, as: UTF8.self), comment: "")
        let base64 = Data(key.blob).base64EncodedString()
        return (lines() + managed).contains { !$0.hasPrefix("#") && $0.contains(base64) }
    }

    func hostKey(host: String, port: Int) async throws(CommandError) -> PinnedHostKey {
        if isAway { throw CommandError(.unreachable, "\(host):\(port) shows no host key") }
        return shown
    }

    func hostKey(
        host: String, port: Int, through gateway: SSHHop, key: [UInt8], folder: String
    ) async throws(CommandError) -> PinnedHostKey { try await hostKey(host: host, port: port) }

    func check(
        _ endpoint: SSHEndpoint, key: [UInt8], folder: String, program: String?
    ) async throws(CommandError) -> LoginFindings {
        pinned.append(endpoint.target.hostKey)
        programs.append(program)
        try admit(endpoint, key)
        return try answer.get()
    }

    func changeKeys(
        _ change: AuthorizedKeysChange, at endpoint: SSHEndpoint, key: [UInt8], folder: String
    ) async throws(CommandError) -> AuthorizedKeysChange.Answer {
        try admit(endpoint, key)
        var command = Command.shell(change.script)
        command.environment = ["HOME": isReadOnly ? "/proc" : home ?? "/proc"]
        let result = try await LocalRunner().run(command)
        if repliesToLose > 0 {
            repliesToLose -= 1
            throw CommandError(.connectionLost, "the connection ended", outcomeUnknown: true)
        }
        guard let answer = AuthorizedKeysChange.answer(in: result.output) else {
            throw CommandError(.accountRefused, "the script says \(result)")
        }
        return answer
    }

    private func admit(_ endpoint: SSHEndpoint, _ key: [UInt8]) throws(CommandError) {
        if isAway { throw CommandError(.unreachable, "no route to host") }
        if endpoint.target.hostKey != shown { throw CommandError(.hostKeyChanged, "another key") }
        guard home == nil || (try? accepts(key)) == true else {
            throw CommandError(.authenticationRefused, "Permission denied (publickey).")
        }
    }

    func checkHere(program: String?) async throws(CommandError) -> LoginFindings {
        programs.append(program)
        return try answer.get()
    }
}
