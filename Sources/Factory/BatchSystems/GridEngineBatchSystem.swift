public import VC3Commands

/// Grid Engine (tested: Son of Grid Engine 8.1.9; qsub(1), qstat(1), qdel(1)).
///
/// Grid Engine does not show finished jobs, so they go missing; whether a pilot did well, only its own report says.
/// It gives exit codes a meaning: 99 runs the job again and 100 puts it into the error state (qsub(1), "EXIT CODES"),
/// so `pilot.sh` must end with neither.
public struct GridEngineBatchSystem: BatchSystem {
    /// The parallel environment for several cores on one node; sites name theirs as they like (qconf -spl).
    public var parallelEnvironment: String
    /// The resource by which this site limits memory (such as `h_vmem` or `mem_free`), for the whole job or for each
    /// slot; `nil` asks for none, as a site that does not know the name would refuse every job.
    public var memoryResource: String?
    public var memoryIsPerSlot: Bool

    public init(parallelEnvironment: String = "smp", memoryResource: String? = nil, memoryIsPerSlot: Bool = true) {
        self.parallelEnvironment = parallelEnvironment
        self.memoryResource = memoryResource
        self.memoryIsPerSlot = memoryIsPerSlot
    }

    public var flavor: String { BatchSystemFlavor.sge.rawValue }

    public func submission(of job: PilotJob) -> String {
        // -notify: without it, qdel is SIGKILL; with it, SIGUSR2 comes first (by the queue's `notify` time).
        // -r n: a pilot whose node failed is not run a second time. -cwd: the job's folder.
        var words = ["qsub", "-terse", "-notify", "-r", "n", "-cwd", "-N", job.tag, "-S", "/bin/sh"]
        words += ["-o", "pilot.out", "-e", "pilot.err", "-l", "h_rt=\(job.walltime.wholeSeconds)"]
        let cores = max(1, job.cores)
        if cores > 1 { words += ["-pe", parallelEnvironment, String(cores)] }
        if let memoryResource, job.memoryMB > 0 {
            let share = memoryIsPerSlot ? (job.memoryMB + cores - 1) / cores : job.memoryMB
            words += ["-l", "\(memoryResource)=\(share)M"]
        }
        if let queue = job.queue { words += ["-q", queue] }
        words += job.extra + ["pilot.sh"]
        return SiteScript.submission(of: job, finding: "qsub", RemoteShell.quote(words))
    }

    /// `-terse` writes the id alone; sites' submit filters may say more before it.
    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let line = output.split(whereSeparator: \.isNewline).last(where: { !$0.isEmpty }),
            let id = line.split(separator: ".").first, !id.isEmpty, id.allSatisfy({ $0.isASCII && $0.isNumber })
        else { throw BatchSystemError(.notUnderstood, "qsub answered no job id: \(SiteScript.excerpt(output))") }
        return JobID(rawValue: String(id))
    }

    /// Only XML has names of more than ten characters. Why a job is in the error state, only `qstat -j` tells; it is
    /// asked about five of them.
    public func status(tagPrefix: String) -> Command {
        SiteScript.query(
            finding: "qstat",
            #"""
            jobs=$(LC_ALL=C qstat -xml -u "$(id -un)") || exit
            printf '%s\n' "$jobs"
            errors=$(printf '%s\n' "$jobs" | sed -n -e 's|.*<JB_job_number>\([0-9]*\)<.*|\1|;t n' \
                -e 's|.*<state>[^<]*E[^<]*<.*||;t e' -e d -e ':n' -e 'h;d' -e ':e' -e 'x;p' | head -n 5)
            for job in $errors; do
                LC_ALL=C qstat -j "$job" 2>/dev/null | sed -n "s|^error reason *[0-9]*: *|vc3-error $job |p" | head -n 1
            done
            true
            """#)
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        let lines = try SiteScript.lines(of: result, "qstat")
        var reasons: [String: String] = [:]
        for line in lines where line.hasPrefix("vc3-error ") {
            let words = line.split(separator: " ", maxSplits: 2)
            if words.count == 3 { reasons[String(words[1])] = String(words[2]) }
        }
        let xml = lines.filter { !$0.hasPrefix("vc3-error ") }.joined(separator: "\n")
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
            // The queue's name is "queue@host".
            let node = job["queue_name"]?.split(separator: "@").dropFirst().last.map(String.init)
            reports.append(
                JobReport(
                    tag: name, job: JobID(rawValue: id), state: Self.state(state), nativeState: state,
                    reason: reasons[id]
                        ?? (state.contains("E") ? "the job could not be started (qstat -j \(id))" : nil),
                    node: node))
        }
        return reports
    }

    public func cancellation(of jobs: [JobID]) -> Command {
        SiteScript.cancellation(
            of: jobs, finding: "qdel", by: "qdel",
            // Its code is not 0 if one job of many is unknown; the successes are told with the same voice.
            harmless: ["does not exist", "already in deletion", "has registered the job", "has deleted job"])
    }

    public var books: (any JobBooks)? { GridEngineBooks() }

    public func refusal(_ result: CommandResult) -> SubmissionRefusal { Self.refusals.refusal(result) }

    // MARK: - Tables

    /// qstat(1), "the status of the job": a set of letters. `d`eletion, `E`rror, `h`old, `r`unning, `R`estarted,
    /// `s`uspended, `S`uspended with its queue, `t`ransferring, `T`hreshold, `w`aiting, `q`ueued.
    static func state(_ native: String) -> JobState {
        let letters = Set(native)
        guard !letters.isEmpty, letters.isSubset(of: "dEhrRsStTwq") else { return .unknown }
        if letters.contains("d") { return .finishing }
        if letters.contains("E") { return .held }
        if !letters.isDisjoint(with: "rtsST") { return .running }
        if letters.contains("h") { return .held }
        return letters.contains("q") || letters.contains("w") ? .pending : .unknown
    }

    /// What qsub and the qmaster say (msg_qmaster.h, msg_clients_common.h).
    static let refusals = RefusalTable(rows: [
        .init(
            texts: [
                "requests unknown queue", "unknown queue", "parallel environment \"", "requested parallel environment",
            ], reason: .unknownQueue, mender: .operator),
        .init(
            texts: [
                "unknown project", "requested project", "no such project", "has no access to project",
                "unknown department", "denied: user",
            ],
            reason: .invalidAccount, mender: .user),
        .init(
            texts: [
                "jobs are allowed per user", "jobs are allowed in total", "limit for active jobs", "limit reached",
            ],
            reason: .limitReached, mender: .nobody),
        .init(
            texts: [
                "unable to send message to qmaster", "unable to contact qmaster", "commlib error", "got select error",
                "can't connect to service", "unable to read qmaster name", "endpoint is not unique",
            ], reason: .unavailable, mender: .nobody),
        .init(texts: ["no suitable queues"], reason: .impossibleRequest, mender: .user),
        .init(texts: ["unable to read script file", "error opening"], reason: .missingFile, mender: .user),
        .init(
            texts: [
                "unknown option", "unknown resource", "invalid option argument", "option must have argument",
                "denied: ",
            ],
            reason: .badOption, mender: .operator),
    ])
}
