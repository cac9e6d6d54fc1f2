public import VC3Commands
public import VC3Model

/// Grid Engine (tested: Son of Grid Engine 8.1.9; qsub(1), qstat(1), qdel(1)).
///
/// Grid Engine does not show finished jobs, so they go missing; whether a pilot did well, only its own report says.
/// It gives exit codes a meaning: 99 runs the job again and 100 puts it into the error state (qsub(1), "EXIT CODES"),
/// so `pilot.sh` must end with neither.
public struct GridEngineBatchSystem: BatchSystem {
    public init() {}

    public var flavor: BatchSystemFlavor { .sge }

    public func submission(of job: PilotJob) -> String {
        // -cwd: the job's folder.
        let words = Self.words(named: job.tag) + ["-cwd", "-o", "pilot.out", "-e", "pilot.err"]
        return SiteScript.submission(
            of: job, finding: "qsub", RemoteShell.quote(words + Self.requests(of: job) + ["pilot.sh"]))
    }

    /// qsub takes one range, so that pilots with a gap between them become several arrays: all are there, or none.
    public func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission? {
        guard let array = JobArray(jobs) else { return nil }
        let words = Self.words(named: array.name) + ["-o", "/dev/null", "-e", "/dev/null"]
        return array.submission(
            finding: "qsub", variable: "SGE_TASK_ID",
            submitting: """
                ids=
                for range in $ranges; do
                    said=$(\(RemoteShell.quote(words + Self.requests(of: array.model))) -t "$range" array.job </dev/null) || {
                        code=$?
                        [ -z "$ids" ] || qdel $ids >/dev/null 2>&1
                        exit $code
                    }
                    id=$(printf '%s\\n' "$said" | sed -n '$s/^\\([0-9][0-9]*\\)\\..*$/\\1/p')
                    [ -n "$id" ] || exit 0
                    ids="$ids $id"
                    arrays="$arrays $id:${range%-*}:${range#*-}"
                done
                """, element: #""$id.$number""#)
    }

    private static func words(named name: String) -> [String] {
        // -notify: without it, qdel is SIGKILL; with it, SIGUSR2 comes first (by the queue's `notify` time).
        // -r n: a pilot whose node failed is not run a second time.
        ["qsub", "-terse", "-notify", "-r", "n", "-N", name, "-S", "/bin/sh"]
    }

    /// What it needs of the cluster.
    private static func requests(of job: PilotJob) -> [String] {
        let options = job.options
        var words = ["-l", "h_rt=\(job.walltime.wholeSeconds)"]
        let cores = max(1, job.cores)
        if cores > 1 { words += ["-pe", job.settings["parallelenvironment"] ?? "smp", String(cores)] }
        if let resource = job.settings["memoryresource"], job.memoryMB > 0 {
            words += ["-l", "\(resource)=\((job.memoryMB + cores - 1) / cores)M"]
        }
        if let queue = options.queue { words += ["-q", queue] }
        if let account = options.account { words += ["-P", account] }
        if let reservation = options.reservation { words += ["-ar", reservation] }
        if let constraint = options.constraint { words += ["-l", constraint] }
        if let hosts = Self.otherHosts(than: job.avoiding, besides: options.constraint) { words += ["-l", hosts] }
        if options.wholenode == true { words += ["-l", (job.settings["exclusiveresource"] ?? "exclusive") + "=true"] }
        if let gpus = options.gpus, gpus > 0 {
            words += ["-l", "\(job.settings["gpuresource"] ?? "gpu")=\(gpus)"]
        }
        return words + job.directives
    }

    /// An expression over host names (complex(5), type HOST); a constraint may have one of its own already.
    private static func otherHosts(than avoiding: [String], besides constraint: String?) -> String? {
        let asked = (constraint ?? "").split(separator: ",")
        if avoiding.isEmpty || asked.contains(where: { $0.hasPrefix("h=") || $0.hasPrefix("hostname=") }) { return nil }
        // Whether names have domains is the site's choice.
        return "h=!(\(avoiding.flatMap { [$0, $0 + ".*"] }.joined(separator: "|")))"
    }

    /// `-terse` writes the id alone, that of an array as `8.1-3:1`; sites' submit filters may say more before it.
    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let line = output.split(whereSeparator: \.isNewline).last(where: { !$0.isEmpty }) else {
            throw BatchSystemError(.notUnderstood, "qsub answered no job id: it says nothing")
        }
        let parts = line.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        func isNumber(_ text: Substring) -> Bool { !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber } }
        guard isNumber(parts[0]), parts.count == 1 || isNumber(parts[1].prefix { $0 != "-" && $0 != ":" }) else {
            throw BatchSystemError(.notUnderstood, "qsub answered no job id: \(SiteScript.excerpt(output))")
        }
        return JobID(rawValue: parts.count == 2 && isNumber(parts[1]) ? String(line) : String(parts[0]))
    }

    /// Only XML has names of more than ten characters. `-g d`: an element of an array a record. Why a job is in the error
    /// state, only `qstat -j` tells; it is asked about five of them. While some wait, qquota(1) tells what the account uses
    /// of its resource quotas.
    public func status(tagPrefix: String) -> Command {
        SiteScript.query(
            finding: "qstat",
            #"""
            jobs=$(LC_ALL=C qstat -g d -xml -u "$(id -un)") || exit
            printf '%s\n' "$jobs"
            errors=$(printf '%s\n' "$jobs" | sed -n -e 's|.*<JB_job_number>\([0-9]*\)<.*|\1|;t n' \
                -e 's|.*<state>[^<]*E[^<]*<.*||;t e' -e d -e ':n' -e 'h;d' -e ':e' -e 'x;p' | head -n 5)
            for job in $errors; do
                LC_ALL=C qstat -j "$job" 2>/dev/null | sed -n "s|^error reason *[0-9]*: *|vc3-error $job |p" | head -n 1
            done
            case $jobs in
            *'<state>qw</state>'*)
                LC_ALL=C qquota -u "$(id -un)" 2>/dev/null | sed -n 's|^\([^ ]*\)  *slots=\([0-9/]*\)  *|vc3-quota \1 \2 |p'
                ;;
            esac
            true
            """#)
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        let lines = try SiteScript.lines(of: result, "qstat")
        var reasons: [String: String] = [:]
        var quotas: [GridEngineQuota] = []
        for line in lines {
            let words = line.split(separator: " ", maxSplits: 2)
            if line.hasPrefix("vc3-error "), words.count == 3 { reasons[String(words[1])] = String(words[2]) }
            if line.hasPrefix("vc3-quota "), let quota = GridEngineQuota(line) { quotas.append(quota) }
        }
        let xml = lines.filter { !$0.hasPrefix("vc3-") }.joined(separator: "\n")
        let jobs: [FlatXML.Record]
        do { jobs = try FlatXML.records("job_list", within: "job_info", of: xml) } catch {
            throw BatchSystemError(.notUnderstood, "qstat answered no list of jobs: \(error.message)")
        }
        var reports: [JobReport] = []
        for job in jobs {
            guard let id = job["JB_job_number"], let name = job["JB_name"], let state = job["state"] else {
                throw BatchSystemError(.notUnderstood, "qstat answered a job without number, name or state")
            }
            guard name.hasPrefix(tagPrefix) else { continue }
            var report = JobReport(
                tag: name, job: JobID(rawValue: id), state: Self.state(state), nativeState: state,
                reason: reasons[id] ?? (state.contains("E") ? "the job could not be started (qstat -j \(id))" : nil),
                // The queue's name is "queue@host".
                node: job["queue_name"]?.split(separator: "@").dropFirst().last.map(String.init))
            if report.state == .pending, let quota = quotas.first(where: { !$0.lets(Int(job["slots"] ?? "") ?? 1) }) {
                report.reason = quota.description
                report.isOverQuota = true
            }
            guard let text = job["tasks"] else {
                reports.append(report)
                continue
            }
            guard let numbers = TaskRange.numbers(text) else {
                throw BatchSystemError(.notUnderstood, "qstat answered strange tasks of job \(id): \(text.prefix(200))")
            }
            for number in numbers {
                report.tag = JobArray.tag(name, number)
                report.job = JobID(rawValue: "\(id).\(number)")
                reports.append(report)
            }
        }
        return reports
    }

    public func cancellation(of jobs: [JobID]) -> Command {
        SiteScript.cancellation(
            of: jobs, finding: "qdel", by: "qdel",
            // Its code is not 0 if one job of many is unknown; the successes are told with the same voice.
            harmless: [
                "does not exist", "already in deletion", "has registered the job", "has deleted job",
                "has no tasks", "do not exist",
            ])
    }

    public var books: (any JobBooks)? { GridEngineBooks() }
}
