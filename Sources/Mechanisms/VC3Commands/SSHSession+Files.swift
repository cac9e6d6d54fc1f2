import SystemPackage

extension SSHSession {
    /// Writes a file in the account, whole or not at all, and makes the folders it lies in (0700).
    ///
    /// The content travels over the connection alone, so it may be a secret. The file has its mode from its birth.
    ///
    /// - Parameter path: Relative to the account's home, or absolute.
    /// - Throws: ``CommandError``; ``CommandError/Reason/localFailure`` with the host's words if the host cannot
    ///   write the file.
    public func put(
        _ bytes: [UInt8], to path: String, mode: UInt16 = 0o600, timeout: Duration = .seconds(60)
    ) async throws(CommandError) {
        let command = Command.shell(Self.receive(bytes.count, at: path, mode: mode), input: bytes, timeout: timeout)
        try confirm(try await perform(command, input: nil), path)
    }

    /// Writes a local file's content to a file in the account, without holding it in memory.
    public func put(
        contentsOf localPath: String, to path: String, mode: UInt16 = 0o600, timeout: Duration = .seconds(600)
    ) async throws(CommandError) {
        let size: Int64
        do {
            let file = try FileDescriptor.open(localPath, .readOnly)
            size = try file.closeAfter { try file.seek(offset: 0, from: .end) }
        } catch {
            throw CommandError(.localFailure, "cannot read \(localPath): \(error)")
        }
        let command = Command.shell(Self.receive(Int(size), at: path, mode: mode), timeout: timeout)
        try confirm(try await perform(command, input: localPath), path)
    }

    /// A script that takes exactly `count` bytes from standard input and puts them at `path`.
    ///
    /// To `cat` a lost connection is the end of the input, so only the count tells a whole file from a piece. Nobody
    /// hears the complaint then, and SIGPIPE would end the shell before it has cleaned up.
    private static func receive(_ count: Int, at path: String, mode: UInt16) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        let anchored = path.hasPrefix("/") ? path : "./" + path
        return """
            p=\(RemoteShell.quote(anchored)) t=\(RemoteShell.quote(anchored)).$$.new
            trap '' PIPE
            trap 'rm -f -- "$t"' EXIT
            umask 077
            mkdir -p -- \(RemoteShell.quote(folder)) && rm -f -- "$t" && (set -C; cat >"$t") || exit 1
            [ "$(wc -c <"$t")" -eq \(count) ] || { echo 'the content arrived incomplete' >&2; exit 1; }
            chmod \(String(mode, radix: 8)) "$t" && mv -f -- "$t" "$p"
            """
    }

    private func confirm(_ result: CommandResult, _ path: String) throws(CommandError) {
        guard result.succeeded else {
            throw CommandError(
                .localFailure,
                "cannot write \(path) at \(endpoint): \(SSHFailure.excerpt(Array(result.errorOutput.utf8)))")
        }
    }
}
