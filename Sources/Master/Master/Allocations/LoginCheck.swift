import Foundation
import VC3Commands

/// What a look at a login host found.
struct LoginFindings: Sendable, Equatable {
    /// The batch system's command is there.
    var hasBatchSystem = true
    /// A small file could be written in the account's home; else why not, in the host's words.
    var homeProblem: String?
    /// Free space of the home, MiB.
    var freeMegabytes: Int?
}

/// Tries an account as a pilot's submission would use it.
protocol LoginChecking: Sendable {
    /// The key that the host shows; nothing is logged in to.
    func hostKey(host: String, port: Int) async throws(CommandError) -> PinnedHostKey

    /// The same, as seen from a gateway, which is logged in to.
    func hostKey(
        host: String, port: Int, through gateway: SSHHop, key: [UInt8], folder: String
    ) async throws(CommandError) -> PinnedHostKey

    /// - Parameter program: The batch system's command to look for, if any.
    func check(_ endpoint: SSHEndpoint, key: [UInt8], folder: String, program: String?) async throws(CommandError)
        -> LoginFindings

    /// Logs in and changes the account's `authorized_keys`.
    func changeKeys(_ change: AuthorizedKeysChange, at endpoint: SSHEndpoint, key: [UInt8], folder: String)
        async throws(CommandError) -> AuthorizedKeysChange.Answer

    /// As ``check(_:key:folder:program:)``, on this machine.
    func checkHere(program: String?) async throws(CommandError) -> LoginFindings
}

/// Logs in once, runs one harmless command, and logs out.
struct LoginCheck: LoginChecking {
    func hostKey(host: String, port: Int) async throws(CommandError) -> PinnedHostKey {
        try await SSHSession.readHostKey(of: host, port: port, timeout: .seconds(10))
    }

    func hostKey(
        host: String, port: Int, through gateway: SSHHop, key: [UInt8], folder: String
    ) async throws(CommandError) -> PinnedHostKey {
        try await within(SSHEndpoint(target: gateway), key, folder) { session throws(CommandError) in
            try await SSHSession.readHostKey(of: host, port: port, timeout: .seconds(10), by: session)
        }
    }

    func check(
        _ endpoint: SSHEndpoint, key: [UInt8], folder: String, program: String?
    ) async throws(CommandError) -> LoginFindings {
        try await within(endpoint, key, folder) { session throws(CommandError) in
            try await look(session, program: program)
        }
    }

    func changeKeys(
        _ change: AuthorizedKeysChange, at endpoint: SSHEndpoint, key: [UInt8], folder: String
    ) async throws(CommandError) -> AuthorizedKeysChange.Answer {
        try await within(endpoint, key, folder) { session throws(CommandError) in
            let result = try await session.run(.shell(change.script, timeout: .seconds(60)))
            guard let answer = AuthorizedKeysChange.answer(in: result.output) else {
                let words = (result.errorOutput + result.output).prefix(300)
                throw CommandError(.accountRefused, "its shell could not change authorized_keys; it answers: \(words)")
            }
            return answer
        }
    }

    func checkHere(program: String?) async throws(CommandError) -> LoginFindings {
        try await look(LocalRunner(), program: program)
    }

    /// Logs in, lets `body` do its work, and logs out.
    private func within<Value: Sendable>(
        _ endpoint: SSHEndpoint, _ key: [UInt8], _ folder: String,
        _ body: (SSHSession) async throws(CommandError) -> Value
    ) async throws(CommandError) -> Value {
        var limits = SSHLimits()
        limits.connectTimeout = .seconds(10)
        let session = SSHSession(
            endpoint: endpoint, credentials: SSHCredentials(privateKey: key), folder: folder, limits: limits)
        do {
            let value = try await body(session)
            await end(session, folder)
            return value
        } catch {
            await end(session, folder)
            throw error
        }
    }

    /// Logs out. A session that never came about may leave its key in its folder, which is needed no longer.
    private func end(_ session: SSHSession, _ folder: String) async {
        await session.close()
        try? await WaitingThread.run {
            if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
        }
    }

    private func look(_ runner: any CommandRunner, program: String?) async throws(CommandError) -> LoginFindings {
        let result = try await runner.run(.shell(Self.script(program: program), timeout: .seconds(30)))
        guard let findings = Self.findings(in: result.output) else {
            let words = (result.errorOutput + result.output).prefix(300)
            throw CommandError(.accountRefused, "the account runs no commands as asked; it answers: \(words)")
        }
        return findings
    }

    /// Prints one line for each finding, marked, because a profile of the account may print lines of its own.
    static func script(program: String?) -> String {
        // Batch systems are often found only by a login shell's PATH.
        let look = program.map {
            "command -v \($0) >/dev/null 2>&1 || sh -lc 'command -v \($0)' >/dev/null 2>&1 || echo 'vc3-check batch missing'"
        }
        return """
            echo "vc3-check date $(/bin/date)"
            \(look ?? ":")
            t=$(mktemp "$HOME/.vc3-check.XXXXXX" 2>&1) && { head -c 65536 /dev/zero >"$t"; } 2>/dev/null \
            && [ "$(wc -c <"$t")" -eq 65536 ] || echo "vc3-check home ${t:-cannot be written}"
            case $t in "$HOME"/.vc3-check.*) rm -f -- "$t";; esac
            echo "vc3-check free $(df -Pk "$HOME" 2>/dev/null | awk 'NR==2 {print $4}')"
            """
    }

    /// `nil` when the script did not run at all.
    static func findings(in output: String) -> LoginFindings? {
        var findings = LoginFindings()
        var ran = false
        for line in output.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count > 1, fields[0] == "vc3-check" else { continue }
            let value = fields.count > 2 ? String(fields[2]) : ""
            switch fields[1] {
            case "date": ran = true
            case "batch": findings.hasBatchSystem = false
            case "home": findings.homeProblem = value
            case "free": findings.freeMegabytes = Int(value).map { $0 / 1024 }
            default: continue
            }
        }
        return ran ? findings : nil
    }
}
