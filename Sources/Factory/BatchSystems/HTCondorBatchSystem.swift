#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import VC3Commands
public import VC3Model

/// HTCondor (tested: 23.9; https://htcondor.readthedocs.io, condor_submit, condor_q, condor_rm).
///
/// Completed jobs stay in the queue for an hour, so that the one query for all jobs tells how they ended, or until they
/// are forgotten.
public struct HTCondorBatchSystem: BatchSystem {
    public init() {}

    public var flavor: BatchSystemFlavor { .condor }

    /// The job's attribute that holds the tag.
    static let tagAttribute = "VC3_Pilot"

    public func submission(of job: PilotJob) -> String {
        SiteScript.submission(
            of: job, finding: "condor_submit",
            """
            \(Self.folders(of: [job]))set -- \(RemoteShell.quote(description(of: job)))
            said=$(printf '%s\\n' "$@" | condor_submit -terse -) || exit
            printf '%s\\n' "$said"
            """)
    }

    /// The jobs become one cluster. From its first and last id, such as `12.0 - 12.1`, the line for each is made.
    public func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission? {
        BulkSubmission(
            descriptions: jobs.map { description(of: $0).joined(separator: "\n") },
            command: """
                (
                \(SiteScript.find("condor_submit"))
                \(Self.folders(of: jobs))said=$(condor_submit -terse -) || exit
                said=$(printf '%s\\n' "$said" | sed -n 's/^\\([0-9][0-9]*\\)\\.0 - \\1\\.\\([0-9][0-9]*\\)$/\\1 \\2/p')
                set -- $said
                [ $# = 2 ] || exit 0
                process=0
                while [ "$process" -le "$2" ]; do
                    echo "$1.$process - $1.$process"
                    process=$((process + 1))
                done
                )
                """)
    }

    /// HTCondor makes no folders for the output of jobs that bring their own description, which calls it `Dir`.
    private static func folders(of jobs: [PilotJob]) -> String {
        let folders = Set(jobs.compactMap { $0.description?.value(of: "Dir") }).sorted()
        if folders.isEmpty { return "" }
        return "(umask 022; mkdir -p -- \(RemoteShell.quote(folders))) || exit 1\n"
    }

    /// The lines of a submit description.
    private func description(of job: PilotJob) -> [String] {
        if let own = job.description { return Self.lines(of: own, tag: job.tag) }
        let walltime = job.walltime.wholeSeconds
        var lines = [
            "universe = vanilla", "executable = /bin/sh", "transfer_executable = false", "arguments = pilot.sh",
        ]
        lines += ["initialdir = \(job.folder)", "output = pilot.out", "error = pilot.err", "log = pilot.log"]
        // HTCondor gives jobs neither HOME nor the shell's other variables.
        lines += ["should_transfer_files = NO", #"environment = "HOME=$ENV(HOME)""#, "notification = never"]
        lines.append("request_cpus = \(max(1, job.cores))")
        if job.memoryMB > 0 { lines.append("request_memory = \(job.memoryMB)") }
        // In KiB.
        if job.diskMB > 0 { lines.append("request_disk = \(job.diskMB * 1024)") }
        lines += ["JobBatchName = \(job.tag)", "+\(Self.tagAttribute) = \"\(job.tag)\""]
        // A pilot runs once: one that lost its machine is not started elsewhere as the same job. HTCondor has no
        // limit of time of its own. JobStatus: 1 idle, 2 running, 3 removed, 4 completed.
        lines.append(
            "periodic_remove = (JobStatus == 1 && NumJobStarts > 0)"
                + " || (JobStatus == 2 && time() - EnteredCurrentStatus > \(walltime))")
        lines.append(Self.leaveInQueue)
        let options = job.options
        if let account = options.account { lines.append("accounting_group = \(account)") }
        let wishes = [options.constraint, Self.otherMachines(than: job.avoiding)].compactMap(\.self)
        if !wishes.isEmpty {
            lines.append(
                "requirements = \(wishes.count == 1 ? wishes[0] : wishes.map { "(\($0))" }.joined(separator: " && "))")
        }
        if let gpus = options.gpus, gpus > 0 { lines.append("request_gpus = \(gpus)") }
        return lines + (options.submitargs ?? []) + ["queue 1"]
    }

    /// A description as it is, with what it takes to find its job again.
    private static func lines(of own: SubmitDescription, tag: String) -> [String] {
        own.commands.map { "\($0.name) = \($0.value)" }
            + (own.value(of: "leave_in_queue") == nil ? [leaveInQueue] : [])
            + ["+\(tagAttribute) = \"\(tag)\"", "queue 1"]
    }

    private static let leaveInQueue = "leave_in_queue = JobStatus == 4 && time() - EnteredCurrentStatus < 3600"

    /// Machines are known by their names with a domain or without.
    private static func otherMachines(than avoiding: [String]) -> String? {
        if avoiding.isEmpty { return nil }
        let names = avoiding.map { $0.replacing(".", with: "[.]") }.joined(separator: "|")
        return "!regexp(\"^(\(names))([.]|$)\", TARGET.Machine, \"i\")"
    }

    /// `-terse` writes the first and the last id of the cluster: `12.0 - 12.0`.
    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        for line in output.split(whereSeparator: \.isNewline).reversed() {
            let words = line.split(separator: " ")
            if words.count == 3, words[0] == words[2], words[1] == "-", Self.isID(words[0]) {
                return JobID(rawValue: String(words[0]))
            }
        }
        throw BatchSystemError(.notUnderstood, "condor_submit answered no job id: \(SiteScript.excerpt(output))")
    }

    private static func isID(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }

    /// condor_q writes nothing at all when there is no such job.
    public func status(tagPrefix: String) -> Command {
        let constraint = "substr(\(Self.tagAttribute), 0, \(tagPrefix.count)) == \"\(tagPrefix)\""
        return SiteScript.query(
            finding: "condor_q",
            RemoteShell.quote([
                "condor_q", "-json", "-attributes", Self.attributes.joined(separator: ","), "-constraint", constraint,
            ]))
    }

    static let attributes = [
        "ClusterId", "ProcId", "JobStatus", tagAttribute, "HoldReason", "RemoveReason", "ExitCode", "ExitBySignal",
        "ExitSignal", "RemoteHost", "LastRemoteHost", "LastRejMatchReason",
    ]

    private struct Job: Decodable {
        var ClusterId: Int
        var ProcId: Int
        var JobStatus: Int
        var VC3_Pilot: String
        var HoldReason: String?
        var RemoveReason: String?
        var ExitCode: Int32?
        var ExitBySignal: Bool?
        var ExitSignal: Int32?
        var RemoteHost: String?
        var LastRemoteHost: String?
        var LastRejMatchReason: String?
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        let lines = try SiteScript.lines(of: result, "condor_q")
        // Warnings may come first, and an empty queue writes nothing.
        guard let start = lines.firstIndex(of: "[") else {
            guard lines.isEmpty else {
                throw BatchSystemError(.notUnderstood, "condor_q answered no list: \(lines[0].prefix(200))")
            }
            return []
        }
        let jobs: [Job]
        do {
            jobs = try JSONDecoder().decode([Job].self, from: Data(lines[start...].joined(separator: "\n").utf8))
        } catch {
            throw BatchSystemError(.notUnderstood, "condor_q answered a list that cannot be read: \(error)")
        }
        return jobs.filter { $0.VC3_Pilot.hasPrefix(tagPrefix) }.map { job in
            let hasExited = job.JobStatus == 4
            return JobReport(
                tag: job.VC3_Pilot, job: JobID(rawValue: "\(job.ClusterId).\(job.ProcId)"), state: state(job),
                nativeState: String(job.JobStatus), reason: Self.reason(job),
                exitCode: hasExited && job.ExitBySignal != true ? job.ExitCode : nil,
                node: (job.RemoteHost ?? job.LastRemoteHost)?.split(separator: "@").last.map(String.init),
                isOverQuota: job.JobStatus == 1 && Self.isQuota(job.LastRejMatchReason ?? ""))
        }
    }

    /// condor_rm sends SIGTERM and, after the machine's `MachineMaxVacateTime` (600 s by default), SIGKILL.
    public func cancellation(of jobs: [JobID]) -> Command {
        SiteScript.cancellation(
            of: jobs, finding: "condor_rm", by: "condor_rm",
            harmless: [
                "^Couldn't find/remove all jobs", "^Job .* not found", "already marked for removal",
                "marked for removal$",
            ])
    }

    /// A removed job does not stay.
    public var forgetting: String { #"[ -z "$2" ] || condor_rm "$2" >/dev/null 2>&1"# }

    public var books: (any JobBooks)? { HTCondorBooks(self) }

    private func state(_ job: Job) -> JobState {
        let code = job.ExitBySignal == true ? 1 : job.ExitCode
        let state = states.state(of: String(job.JobStatus), exitCode: code)
        // The job's own `periodic_remove` is a limit it ran into, not somebody's wish.
        return state == .cancelled && job.RemoveReason?.contains("PeriodicRemove") == true ? .failed : state
    }

    private static func reason(_ job: Job) -> String? {
        switch job.JobStatus {
        case 1: job.LastRejMatchReason.map(SiteScript.excerpt)
        case 5: job.HoldReason
        case 3: job.RemoveReason
        case 4 where job.ExitBySignal == true: "ended by signal \(job.ExitSignal.map(String.init) ?? "unknown")"
        default: nil
        }
    }
}
