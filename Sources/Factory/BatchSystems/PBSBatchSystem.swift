public import VC3Commands
public import VC3Model

/// The PBS family: OpenPBS and PBS Professional, and Torque (qsub(1B), qstat(1B), qdel(1B)).
///
/// Tested: the commands of Debian's slurm-wlm-torque 22.05, which speak Torque's dialect to a Slurm. OpenPBS: by what its
/// manuals and other programs show.
public struct PBSBatchSystem: BatchSystem {
    public enum Dialect: Sendable, CaseIterable {
        case pro, torque
    }

    public let dialect: Dialect

    public init(_ dialect: Dialect) { self.dialect = dialect }

    public var flavor: BatchSystemFlavor { dialect == .pro ? .pbs : .torque }

    /// The script is a file, as not every qsub reads it from standard input, and brings the output along while it runs, as
    /// PBS itself would only at the end. A qsub may tell of a refusal and end with 0.
    public func submission(of job: PilotJob) -> String {
        SiteScript.submission(
            of: job, finding: "qsub",
            """
            [ -r pilot.sh ] || { echo "no file pilot.sh in $PWD: No such file or directory" >&2; exit 1; }
            printf '%s\\n' \(RemoteShell.quote(Launcher.script(folder: job.folder))) >pilot.job || exit 1
            said=$(\(RemoteShell.quote(words(named: job.tag) + requests(of: job) + ["pilot.job"]))) || {
                code=$?
                printf '%s\\n' "$said" >&2
                exit $code
            }
            id=$(printf '%s\\n' "$said" | sed -n '$s/^[0-9][^ ]*$/&/p')
            [ -n "$id" ] || { printf '%s\\n' "$said" >&2; exit 1; }
            printf '%s\\n' "$id"
            """)
    }

    /// Only OpenPBS: Torque's tools do not all tell the elements of an array apart. A range needs two ends that differ, so
    /// one of a single element has a step that leaves the other end out.
    public func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission? {
        guard dialect == .pro, let array = JobArray(jobs) else { return nil }
        let submit = RemoteShell.quote(words(named: array.name) + requests(of: array.model))
        return array.submission(
            finding: "qsub", variable: "PBS_ARRAY_INDEX",
            submitting: """
                ids=
                for range in $ranges; do
                    first=${range%-*} last=${range#*-}
                    [ "$first" != "$last" ] || range=$first-$((last + 1)):2
                    said=$(\(submit) -J "$range" array.job </dev/null) || {
                        code=$?
                        [ -z "$ids" ] || qdel $ids >/dev/null 2>&1
                        exit $code
                    }
                    id=$(printf '%s\\n' "$said" | sed -n '$s/^\\([0-9][0-9]*\\)\\[\\].*$/\\1/p')
                    [ -n "$id" ] || exit 0
                    tail=$(printf '%s\\n' "$said" | sed -n '$s/^[0-9]*\\[\\]//p')
                    ids="$ids $id[]$tail"
                    arrays="$arrays $id:$first:$last"
                done
                """, element: #""$id[$number]$tail""#)
    }

    private func words(named name: String) -> [String] {
        // -r n: a pilot whose node failed is not run a second time. The shell of slurm-wlm-torque is that of the script.
        ["qsub", "-N", name, "-r", "n", "-o", "/dev/null", "-e", "/dev/null"]
            + (dialect == .pro ? ["-S", "/bin/sh"] : [])
    }

    private func requests(of job: PilotJob) -> [String] {
        let options = job.options
        let cores = max(1, job.cores)
        let gpus = options.gpus ?? 0
        var words: [String] = []
        switch dialect {
        case .pro:
            var chunk = "select=1:ncpus=\(cores)"
            if job.memoryMB > 0 { chunk += ":mem=\(job.memoryMB)mb" }
            if gpus > 0 { chunk += ":ngpus=\(gpus)" }
            if let constraint = options.constraint { chunk += ":\(constraint)" }
            words += ["-l", chunk, "-l", "walltime=\(Self.clock(job.walltime))"]
            if options.wholenode == true { words += ["-l", "place=excl"] }
        case .torque:
            var node = "nodes=1:ppn=\(cores)"
            if gpus > 0 { node += ":gpus=\(gpus)" }
            if let constraint = options.constraint { node += ":\(constraint)" }
            // One list: slurm-wlm-torque takes the last that it is given.
            var list = [node, "walltime=\(Self.clock(job.walltime))"]
            if job.memoryMB > 0 { list.append("mem=\(job.memoryMB)mb") }
            if let qos = options.qos { list.append("qos=\(qos)") }
            if let reservation = options.reservation { list.append("advres=\(reservation)") }
            if options.wholenode == true { list.append("naccesspolicy=singlejob") }
            words += ["-l", list.joined(separator: ",")]
        }
        if let queue = options.queue { words += ["-q", queue] }
        if let account = options.account { words += ["-A", account] }
        return words + job.directives
    }

    private static func clock(_ duration: Duration) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
        let seconds = duration.wholeSeconds
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// An id is a number, for an element of an array its own in brackets, and the server.
    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let line = output.split(whereSeparator: \.isNewline).last(where: { !$0.isEmpty }), Self.isID(line) else {
            throw BatchSystemError(.notUnderstood, "qsub answered no job id: \(SiteScript.excerpt(output))")
        }
        return JobID(rawValue: String(line))
    }

    private static func isID(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return text.utf8.count <= 256
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-[]@:".contains($0)) }
    }

    /// Jobs that end between the two commands are complaints of the second, with code 153. `-x` and `-t`: finished jobs and
    /// the elements of arrays, which only OpenPBS has so.
    public func status(tagPrefix: String) -> Command {
        let (select, list) = dialect == .pro ? ("qselect -x", "qstat -x -t -f") : ("qselect", "qstat -f")
        return SiteScript.query(
            finding: "qstat",
            """
            LC_ALL=C; export LC_ALL
            echo "vc3-user $(id -un)"
            ids=
            if command -v qselect >/dev/null 2>&1; then
                ids=$(\(select) -u "$(id -un)") || exit
                [ -n "$ids" ] || { echo \(SiteScript.whole); exit 0; }
            fi
            said=$(\(list) $ids 2>&1)
            code=$?
            printf '%s\\n' "$said" | grep -v -e '^qstat: Unknown Job' -e '^qstat: .* has finished'
            [ "$code" = 153 ] || [ "$code" = 35 ] || [ "$code" = 0 ]
            """)
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        let lines = try SiteScript.lines(of: result, "qstat")
        // Without qselect the list has everybody's jobs.
        guard let first = lines.first, first.hasPrefix("vc3-user "), let jobs = QstatText.jobs(lines.dropFirst()) else {
            throw BatchSystemError(.notUnderstood, "qstat answered no list of jobs: \(lines.first?.prefix(200) ?? "")")
        }
        var reports: [JobReport] = []
        for job in jobs {
            guard Self.isID(job.id[...]), let name = job.attributes["job_name"], let word = job.attributes["job_state"]
            else {
                throw BatchSystemError(
                    .notUnderstood, "qstat answered a job without id, name or state: \(job.id.prefix(200))")
            }
            guard name.hasPrefix(tagPrefix), job.attributes["job_owner"]?.hasPrefix(first.dropFirst(9) + "@") != false
            else { continue }
            var tag = name
            if let open = job.id.firstIndex(of: "[") {
                let inner = job.id[open...].dropFirst().prefix { $0 != "]" }
                // The array itself is no pilot.
                if inner.isEmpty { continue }
                guard let number = Int(inner) else {
                    throw BatchSystemError(.notUnderstood, "qstat answered a strange job id: \(job.id.prefix(200))")
                }
                tag = JobArray.tag(name, number)
            }
            // Both spellings are in use; by signal N is 256 + N (Torque, OpenPBS) or negative for what never ran.
            let code = job.attributes["exit_status"].flatMap { Int32($0) }
            let state = states.state(of: word, exitCode: code)
            let comment = job.attributes["comment"]
            reports.append(
                JobReport(
                    tag: tag, job: JobID(rawValue: job.id), state: state, nativeState: word, reason: comment,
                    exitCode: code,
                    node: job.attributes["exec_host"].map { String($0.prefix { !"/+:*".contains($0) }) },
                    isOverQuota: state == .pending && Self.isQuota(comment ?? "")))
        }
        return reports
    }

    /// qdel sends SIGTERM and, after the server's `kill_delay`, SIGKILL; that of slurm-wlm-torque SIGKILL at once, and it
    /// says nothing about jobs that are gone.
    public func cancellation(of jobs: [JobID]) -> Command {
        SiteScript.cancellation(
            of: jobs, finding: "qdel", by: "qdel",
            harmless: [
                "Unknown Job", "Request invalid for state of job", "invalid state for job", "has finished",
                "Unknown job id",
            ], mayBeSilent: dialect == .torque)
    }
}
