public import VC3Commands
public import VC3Model

/// Plain processes of one machine: a site for trying VC3 out, and for machines without a batch system.
///
/// It keeps a folder per job in `~/.vc3-local/<host name>`, whose name is the tag and the job id. A job is a session
/// of its own, so it outlives whoever submitted it. A process is known by its id, its start time and the machine's
/// boot together, as ids are used again: nobody else's process is ever signalled. Cores, memory and disk are not
/// limited.
public struct LocalBatchSystem: BatchSystem {
    public init() {}

    public var flavor: BatchSystemFlavor { .local }

    /// Submitting a tag that was submitted before answers the job there is and starts nothing.
    public func submission(of job: PilotJob) -> String {
        SiteScript.submission(
            of: job, finding: "setsid",
            """
            [ -r pilot.sh ] || { echo "no file pilot.sh in $PWD: No such file or directory" >&2; exit 1; }
            \(LocalScripts.folder)
            job="$jobs"/\(RemoteShell.quote(job.tag))
            if mkdir "$job" 2>/dev/null; then
                printf '%s\\n' \(RemoteShell.quote(LocalScripts.keeper)) >"$job/keeper" || { rm -rf "$job"; exit 1; }
                setsid /bin/sh "$job/keeper" \(job.walltime.wholeSeconds) >/dev/null 2>&1 &
            elif ! [ -d "$job" ]; then
                mkdir "$job"; exit 1
            fi
            echo \(RemoteShell.quote(job.tag))
            """)
    }

    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let line = output.split(whereSeparator: \.isNewline).last, Self.isTag(line) else {
            throw BatchSystemError(
                .notUnderstood, "the submission answered no job id: \(SiteScript.excerpt(output))")
        }
        return JobID(rawValue: String(line))
    }

    public func status(tagPrefix: String) -> Command {
        SiteScript.query(finding: "setsid", LocalScripts.list(tagPrefix: tagPrefix))
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        var lines = try SiteScript.lines(of: result, "the list of local jobs")
        guard let head = lines.first, head.hasPrefix("host ") else {
            throw BatchSystemError(.notUnderstood, "the list of local jobs does not begin with the host's name")
        }
        lines.removeFirst()
        var reports: [JobReport] = []
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 2 else {
                throw BatchSystemError(.notUnderstood, "the list of local jobs has a strange line: \(line.prefix(200))")
            }
            guard words[0].hasPrefix(tagPrefix) else { continue }
            let code = words.count > 2 ? Int32(words[2]) : nil
            let (state, reason) = state(words[1], code)
            reports.append(
                JobReport(
                    tag: words[0], job: JobID(rawValue: words[0]), state: state, nativeState: words[1], reason: reason,
                    exitCode: code, node: String(head.dropFirst(5))))
        }
        return reports
    }

    /// The job gets SIGTERM, and SIGKILL ten seconds later.
    public func cancellation(of jobs: [JobID]) -> Command {
        let known = jobs.map(\.rawValue).filter { Self.isTag($0[...]) }
        return .shell(LocalScripts.cancel(RemoteShell.quote(known)))
    }

    public var forgetting: String { LocalScripts.forget }

    public var refusals: RefusalTable { RefusalTable(rows: []) }

    public var states: NativeStateTable { Self.table }

    private static let table = NativeStateTable(
        manual: "LocalScripts.list, this project's own",
        [
            .init("STARTING", .pending, "its folder is there, its process not yet"),
            .init("RUNNING", .running, "its process is there"),
            .init("EXITED", .byExitCode, "it ended with the code that follows"),
            .init("CANCELLED", .cancelled, "it was cancelled"),
            .init("TIMEOUT", .failed, "it ran longer than its walltime"),
            .init("KILLED", .failed, "its process is gone: killed, or the machine was restarted"),
            .init("LOST", .failed, "its process did not start"),
        ])

    func state(_ native: String, _ code: Int32?) -> (JobState, String?) {
        let state = native == "EXITED" && code == nil ? .failed : states.state(of: native, exitCode: code)
        guard state == .failed else { return (state, nil) }
        if native == "EXITED" { return (state, "exit code \(code.map(String.init) ?? "unknown")") }
        return (state, states.rows.first { $0.word == native }?.meaning)
    }

    /// A tag becomes the name of a folder: it must be no path.
    private static func isTag(_ text: Substring) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
}
