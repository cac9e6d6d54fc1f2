import VC3Commands

/// Pieces of the shell scripts that adapters are made of.
enum SiteScript {
    /// The last line of a reply that came to its end: without it, an empty reply might be a broken one.
    static let whole = "vc3-reply-is-whole"

    /// A shell line that makes `program` known on hosts whose login scripts alone say where the batch system is:
    /// a command over SSH runs none of them.
    static func find(_ program: String) -> String {
        "command -v \(program) >/dev/null 2>&1 || { [ ! -r /etc/profile ] || . /etc/profile >/dev/null 2>&1; }"
    }

    /// A snippet that runs `lines` in a shell of its own, in the job's folder, and reads nothing.
    static func submission(of job: PilotJob, finding program: String, _ lines: String) -> String {
        """
        (
        \(find(program))
        CDPATH= cd -- \(RemoteShell.quote(job.folder)) || exit 1
        \(lines)
        ) </dev/null
        """
    }

    /// A query that ends its reply with ``whole`` if `lines` succeed.
    static func query(finding program: String, _ lines: String) -> Command {
        .shell("\(find(program))\n\(lines) || exit\necho \(whole)\n")
    }

    /// A command that gives `jobs` to `command`, and is content if all complaints are among `harmless`.
    ///
    /// - Parameter mayBeSilent: Whether a failure without a word is one of a job that is gone.
    static func cancellation(
        of jobs: [JobID], finding program: String, by command: String, harmless: [String], mayBeSilent: Bool = false
    ) -> Command {
        if jobs.isEmpty { return Command(["true"]) }
        let patterns = harmless.map { "-e " + RemoteShell.quote($0) }.joined(separator: " ")
        return .shell(
            """
            \(find(program))
            said=$(LC_ALL=C \(command) \(RemoteShell.quote(jobs.map(\.rawValue))) 2>&1 </dev/null)
            code=$?
            [ $code -eq 0 ] && exit 0
            [ -n "$said" ] || exit \(mayBeSilent ? "0" : "$code")
            printf '%s\\n' "$said" | grep -v \(patterns) | grep . >&2 && exit $code
            exit 0
            """)
    }

    /// The lines of a whole reply.
    static func lines(of result: CommandResult, _ program: String) throws(BatchSystemError) -> [Substring] {
        var lines = result.output.split(separator: "\n", omittingEmptySubsequences: true)
        guard result.succeeded else {
            let words = excerpt(result.errorOutput.isEmpty ? result.output : result.errorOutput)
            if result.status == .exited(127) {
                throw BatchSystemError(.notInstalled, "\(program) is not there: \(words); is the flavor right?")
            }
            throw BatchSystemError(.unavailable, "\(program) does not answer: \(words)")
        }
        guard lines.last == Substring(whole) else {
            throw BatchSystemError(.notUnderstood, "the reply of \(program) is cut short after \(lines.count) lines")
        }
        lines.removeLast()
        return lines
    }

    /// What was said, on one line and short.
    static func excerpt(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).map { line in
            line.filter { !$0.isNewline }.split(separator: " ").joined(separator: " ")
        }.filter { !$0.isEmpty }.joined(separator: "; ")
        if line.isEmpty { return "it says nothing" }
        return line.count <= 300 ? line : "\(line.prefix(300))…"
    }
}

extension Duration {
    /// Whole seconds, rounded up, at least one.
    var wholeSeconds: Int64 {
        max(1, components.seconds + (components.attoseconds > 0 ? 1 : 0))
    }
}
