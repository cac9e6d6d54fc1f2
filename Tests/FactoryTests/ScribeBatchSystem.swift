import BatchSystems
import VC3Commands
import VC3Model

/// Writes tags into `~/jobs`, and misbehaves for some.
struct ScribeBatchSystem: BatchSystem {
    var flavor: BatchSystemFlavor { .local }
    var states: NativeStateTable { NativeStateTable(manual: "none", []) }
    var refusals: RefusalTable { RefusalTable(rows: []) }

    func submission(of job: PilotJob) -> String {
        """
        case \(job.tag) in
            vc3-refuse) echo 'no room' >&2; exit 3 ;;
            vc3-diesatonce7q) echo \(job.tag) >>"$HOME/jobs"; kill -9 $$ ;;
            vc3-slow) while ! [ -e "$HOME/go" ]; do sleep 0.05; done ;;
        esac
        echo \(job.tag) >>"$HOME/jobs"
        echo job-\(job.tag.dropFirst(4))
        """
    }

    func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let word = output.split(whereSeparator: \.isWhitespace).last else {
            throw BatchSystemError(.notUnderstood, "no job id")
        }
        return JobID(rawValue: String(word))
    }

    func status(tagPrefix: String) -> Command { .shell("[ -e \"$HOME/down\" ] && exit 1; cat \"$HOME/jobs\"") }

    func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        guard result.succeeded else { throw BatchSystemError(.unavailable, "it is down") }
        return result.output.split(separator: "\n").map {
            JobReport(
                tag: String($0), job: JobID(rawValue: "job-" + $0.dropFirst(4)), state: .running, nativeState: "R")
        }
    }

    func cancellation(of jobs: [JobID]) -> Command { .shell("true") }

    func refusal(_ result: CommandResult) -> SubmissionRefusal {
        SubmissionRefusal(.limitReached, mender: .nobody, message: result.errorOutput)
    }
}

/// Takes several pilots at once, and misbehaves for some.
struct BulkScribe: BatchSystem {
    private let single = ScribeBatchSystem()
    var flavor: BatchSystemFlavor { single.flavor }
    var states: NativeStateTable { single.states }
    var refusals: RefusalTable { single.refusals }

    func submission(of job: PilotJob) -> String { single.submission(of: job) }

    func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission? {
        BulkSubmission(
            descriptions: jobs.map(\.tag),
            command: """
                tags=$(cat)
                case $tags in *refuse*) echo 'no room' >&2; return 3 ;; esac
                printf '%s\\n' "$tags" >>"$HOME/jobs"
                printf '%s\\n' "$tags" | sed -e '/mute/d' -e 's/^vc3-/job-/'
                """)
    }

    func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        try single.jobID(fromSubmission: output)
    }
    func status(tagPrefix: String) -> Command { single.status(tagPrefix: tagPrefix) }
    func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        try single.reports(from: result, tagPrefix: tagPrefix)
    }
    func cancellation(of jobs: [JobID]) -> Command { single.cancellation(of: jobs) }
    func refusal(_ result: CommandResult) -> SubmissionRefusal { single.refusal(result) }
}
