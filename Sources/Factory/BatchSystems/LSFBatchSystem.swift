public import VC3Commands
public import VC3Model

/// IBM Spectrum LSF 10.1 (https://www.ibm.com/docs/en/spectrum-lsf: bsub, bjobs, bkill). Not run against a real one; its
/// replies are by the form that the manual gives.
public struct LSFBatchSystem: BatchSystem {
    public init() {}

    public var flavor: BatchSystemFlavor { .lsf }

    /// The script goes in by standard input, and brings the output along while it runs.
    public func submission(of job: PilotJob) -> String {
        SiteScript.submission(
            of: job, finding: "bsub",
            """
            [ -r pilot.sh ] || { echo "no file pilot.sh in $PWD: No such file or directory" >&2; exit 1; }
            printf '%s\\n' \(RemoteShell.quote(Launcher.script(folder: job.folder))) >pilot.job || exit 1
            \(RemoteShell.quote(Self.words + ["-J", job.tag] + Self.requests(of: job))) <pilot.job
            """)
    }

    public func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission? {
        guard let array = JobArray(jobs) else { return nil }
        return array.submission(
            finding: "bsub", variable: "LSB_JOBINDEX",
            submitting: """
                said=$(\(RemoteShell.quote(Self.words + Self.requests(of: array.model))) \
                -J "\(array.name)[$(echo "$ranges" | tr ' ' ,)]" <array.job) || exit
                id=$(printf '%s\\n' "$said" | sed -n 's/^Job <\\([0-9][0-9]*\\)> is submitted .*$/\\1/p' | tail -n 1)
                [ -n "$id" ] || exit 0
                for range in $ranges; do arrays="$arrays $id:${range%-*}:${range#*-}"; done
                """, element: #""$id[$number]""#)
    }

    // -rn: a pilot whose node failed is not run a second time.
    private static let words = ["bsub", "-rn", "-o", "/dev/null", "-e", "/dev/null"]

    private static func requests(of job: PilotJob) -> [String] {
        let options = job.options
        var words = ["-n", String(max(1, job.cores)), "-R", "span[hosts=1]"]
        words += ["-W", String((job.walltime.wholeSeconds + 59) / 60)]
        if job.memoryMB > 0 { words += ["-M", "\(job.memoryMB)MB", "-R", "rusage[mem=\(job.memoryMB)MB]"] }
        if let queue = options.queue { words += ["-q", queue] }
        if let account = options.account { words += ["-P", account] }
        if let reservation = options.reservation { words += ["-U", reservation] }
        if let constraint = options.constraint { words += ["-R", "select[\(constraint)]"] }
        if options.wholenode == true { words.append("-x") }
        if let gpus = options.gpus, gpus > 0 { words += ["-gpu", "num=\(gpus)"] }
        return words + job.directives
    }

    /// `Job <7> is submitted to queue <normal>.`, or the id of an element as our own submission of an array writes it.
    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        for line in output.split(whereSeparator: \.isNewline).reversed() {
            if line.hasPrefix("Job <"), line.contains("> is submitted to ") {
                let id = line.dropFirst(5).prefix { $0 != ">" }
                if Self.isNumber(id) { return JobID(rawValue: String(id)) }
            }
            if let element = Self.element(line), Self.isNumber(element.stem) { return JobID(rawValue: String(line)) }
        }
        throw BatchSystemError(.notUnderstood, "bsub answered no job id: \(SiteScript.excerpt(output))")
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The number in `text[number]`.
    private static func element(_ text: Substring) -> (stem: Substring, number: Int)? {
        guard text.last == "]", let open = text.lastIndex(of: "[") else { return nil }
        guard let number = Int(text[open...].dropFirst().dropLast()), number > 0, open > text.startIndex else {
            return nil
        }
        return (text[..<open], number)
    }

    /// bjobs has its own words, and a code of its own, for an empty list. `-a`: finished jobs too, as long as
    /// `CLEAN_PERIOD`. The name of an array's element ends with its number in brackets.
    public func status(tagPrefix: String) -> Command {
        SiteScript.query(
            finding: "bjobs",
            #"""
            said=$(LC_ALL=C bjobs -a -noheader -o "jobid stat exit_code exec_host job_name delimiter='|'" 2>&1)
            code=$?
            case $said in
            'No job found'* | 'No unfinished job found'* | 'No matching job found'*) code=0 said= ;;
            esac
            printf '%s\n' "$said" | grep .
            [ "$code" = 0 ]
            """#)
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        var reports: [JobReport] = []
        for line in try SiteScript.lines(of: result, "bjobs") {
            let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
            guard fields.count == 5, !fields[0].isEmpty,
                fields[0].prefix(while: { $0 != "[" }).allSatisfy({ $0.isNumber })
            else { throw BatchSystemError(.notUnderstood, "bjobs answered a strange line: \(line.prefix(200))") }
            guard fields[4].hasPrefix(tagPrefix) else { continue }
            let word = String(fields[1])
            let code = Int32(fields[2])
            var tag = String(fields[4])
            var id = String(fields[0].prefix { $0 != "[" })
            if let element = Self.element(fields[4]) {
                tag = JobArray.tag(String(element.stem), element.number)
                id += "[\(element.number)]"
            }
            let host = fields[3].split(separator: ":").first?.split(separator: "*").last.map(String.init)
            reports.append(
                JobReport(
                    tag: tag, job: JobID(rawValue: id), state: states.state(of: word), nativeState: word,
                    reason: word == "EXIT" ? "exit code \(code.map(String.init) ?? "unknown")" : nil,
                    exitCode: word == "DONE" ? 0 : code, node: host == "-" ? nil : host))
        }
        return reports
    }

    /// bkill sends SIGINT and SIGTERM, and SIGKILL `JOB_TERMINATE_INTERVAL` seconds later (10 by default).
    public func cancellation(of jobs: [JobID]) -> Command {
        SiteScript.cancellation(
            of: jobs, finding: "bkill", by: "bkill",
            harmless: ["is being terminated", "Job has already finished", "No matching job found", "already been sent"])
    }
}
