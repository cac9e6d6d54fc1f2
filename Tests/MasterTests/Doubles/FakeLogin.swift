import VC3Commands
import VC3Model

@testable import Master

/// A login host that answers as it is told.
final actor FakeLogin: LoginChecking {
    var answer: Result<LoginFindings, CommandError> = .success(LoginFindings())
    var shown = PinnedHostKey(type: "ssh-ed25519", base64: "AAAAC3NzaC1lZDI1NTE5AAAAIA==")
    private(set) var pinned: [PinnedHostKey?] = []
    private(set) var programs: [String?] = []
    private(set) var isAway = false

    func answer(_ answer: Result<LoginFindings, CommandError>) { self.answer = answer }
    func show(_ key: PinnedHostKey) { shown = key }
    func goAway(_ away: Bool) { isAway = away }

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
        if isAway { throw CommandError(.unreachable, "no route to host") }
        if endpoint.target.hostKey != shown { throw CommandError(.hostKeyChanged, "another key") }
        return try answer.get()
    }

    func checkHere(program: String?) async throws(CommandError) -> LoginFindings {
        programs.append(program)
        return try answer.get()
    }
}
