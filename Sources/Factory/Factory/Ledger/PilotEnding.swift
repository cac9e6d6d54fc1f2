import BatchSystems
import VC3Model

/// Decides how a pilot ended from all that is known about it. Only for pilots that are proved not to exist any more.
struct PilotEnding: Sendable, Equatable {
    var end: PilotEnd
    var exit: PilotExit?

    /// How long before the end of a walltime an end without a word of the pilot's is taken for that: what kills pilots at
    /// the end of their walltime leaves them no time to say so.
    static let margin = Duration.seconds(30)

    init(of record: PilotRecord, job: JobReport? = nil, own: PilotReport? = nil, at now: Timestamp) {
        exit = PilotExit(job: job, own: own)
        let isOver = Self.isWalltimeOver(record, at: now)
        switch record.retiring {
        case .held: end = .failed
        case .surplus, .terminated, .revoked, .withdrawn: end = .cancelled
        case .missing, nil:
            if let own, own.hasEnded {
                end = own.reason == "walltime" ? .expired : own.endedWell ? .done : isOver ? .expired : .failed
            } else if let job, job.state.isFinal {
                end =
                    job.state == .done
                    ? .done
                    : isOver || Self.limits.contains(job.nativeState)
                        ? .expired : job.state == .cancelled && record.retiring == .missing ? .cancelled : .failed
            } else {
                end = isOver ? .expired : .vanished
            }
        }
        if exit == nil, end == .vanished || end == .expired {
            exit = PilotExit(
                word: end == .expired ? "walltime" : "vanished",
                message: end == .expired
                    ? "it was gone when its walltime was over" : "the site does not know it any more")
        }
    }

    /// The states in which batch systems say that the walltime was over: Slurm (squeue(1), "JOB STATE CODES") and
    /// plain processes.
    private static let limits: Set<String> = ["TIMEOUT", "DEADLINE"]

    static func isWalltimeOver(_ record: PilotRecord, at now: Timestamp) -> Bool {
        guard let walltime = record.walltime, let start = record.runningAt else { return false }
        return now - start >= .seconds(walltime) - min(margin, .seconds(walltime) / 4)
    }
}
