import BatchSystems
import VC3Commands
struct SlurmTrial: BatchSystem {
    var flavor: String { "slurm" }
    func submission(of job: PilotJob) -> String {
        "sbatch --parsable --job-name=\(job.tag) --ntasks=1 --cpus-per-task=\(job.cores) --time=\(job.walltime.components.seconds / 60) \(job.queue.map { "--partition=\($0)" } ?? "") --chdir='\(job.folder)' --output='\(job.folder)/pilot.out' --error='\(job.folder)/pilot.err' '\(job.folder)/pilot.sh'"
    }
    func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        JobID(rawValue: output.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "")
    }
    func status(tagPrefix: String) -> Command { Command(["squeue", "--me", "--noheader", "--states=all", "--format=%A|%T|%j|%r|%N"]) }
    func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        guard result.succeeded else { throw BatchSystemError(.unavailable, result.errorOutput) }
        return result.output.split(separator: "\n").map { line in
            let f = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let state: JobState = switch f[1] { case "PENDING": .pending; case "RUNNING": .running; case "COMPLETING": .finishing; case "COMPLETED": .done; case "CANCELLED": .cancelled; default: .failed }
            return JobReport(tag: f[2], job: JobID(rawValue: f[0]), state: state, nativeState: f[1], reason: f[3], node: f[4])
        }
    }
    func cancellation(of jobs: [JobID]) -> Command { Command(["scancel"] + jobs.map(\.rawValue)) }
    func refusal(_ result: CommandResult) -> SubmissionRefusal { SubmissionRefusal(.other, mender: .operator, message: result.errorOutput) }
}
struct LocalTrial: BatchSystem {
    var flavor: String { "local" }
    func submission(of job: PilotJob) -> String {
        "setsid sh -c 'cd \(job.folder) && echo $$ >pid && sh ./pilot.sh >pilot.out 2>pilot.err; echo $? >code' </dev/null >/dev/null 2>&1 & echo \(job.folder)"
    }
    func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        JobID(rawValue: output.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "")
    }
    func status(tagPrefix: String) -> Command {
        Command.shell("for p in \"$HOME\"/.vc3/*/*/pilots/*/pid; do d=${p%/pid}; t=vc3-${d##*/}; if kill -0 $(cat $p) 2>/dev/null; then echo \"$t $d RUNNING\"; else echo \"$t $d ENDED\"; fi; done")
    }
    func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        result.output.split(separator: "\n").map { line in
            let f = line.split(separator: " ").map(String.init)
            return JobReport(tag: f[0], job: JobID(rawValue: f[1]), state: f[2] == "RUNNING" ? .running : .done, nativeState: f[2])
        }
    }
    func cancellation(of jobs: [JobID]) -> Command {
        Command.shell(jobs.map { "/bin/kill -s TERM -- -$(cat \($0)/pid) 2>/dev/null" }.joined(separator: "; ") + "; true")
    }
    func refusal(_ result: CommandResult) -> SubmissionRefusal { SubmissionRefusal(.other, mender: .operator, message: result.errorOutput) }
}
