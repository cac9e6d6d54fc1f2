/// Why a pilot ended, and the exit code that says so.
///
/// 99 and 100 are never used: Grid Engine takes them for "queue again" and "stop the queue". Codes above 128 are
/// 128 + the number of the signal that ended the pilot, as a shell would say it.
public enum EndReason: Sendable, Hashable {
    /// No claim for the whole linger time.
    case idle
    /// The head node asked for it: `condor_off`, `condor_drain -exit-on-completion`.
    case stoppedByHead
    /// The walltime was near; running jobs had their time to finish.
    case walltime
    /// It was told by ``GlideinOptions/drainFile`` to finish its jobs and go.
    case retired
    /// The batch system or its owner sent this signal.
    case signal(Int32)
    case badArguments(String)
    /// The node cannot run a pilot.
    case environment(String)
    case notJoined(String)
    /// The node is not as promised, or something does not work there.
    case unfit(NodeMisfit)
    /// HTCondor's daemons ended by themselves when nobody asked.
    case daemonDied(String)

    public var exitCode: Int32 {
        switch self {
        case .idle, .stoppedByHead, .walltime, .retired: 0
        case .badArguments: 10
        case .environment: 11
        case .notJoined: 12
        case .daemonDied: 13
        case .unfit: 14
        case .signal(let number): 128 + number
        }
    }

    /// A stable word, for programs.
    public var word: String {
        switch self {
        case .idle: "idle"
        case .stoppedByHead: "stopped-by-head"
        case .walltime: "walltime"
        case .retired: "retired"
        case .signal: "signal"
        case .badArguments: "bad-arguments"
        case .environment: "environment"
        case .notJoined: "not-joined"
        case .daemonDied: "daemon-died"
        case .unfit(let misfit): misfit.fault.rawValue
        }
    }

    /// What happened, for people.
    public var message: String {
        switch self {
        case .idle: "no work came for the whole linger time"
        case .stoppedByHead: "the head node asked it to stop"
        case .walltime: "the end of the walltime was near"
        case .retired: "it was told to finish its jobs and go"
        case .signal(let number): "signal \(number) from the batch system"
        case .unfit(let misfit): misfit.message
        case .badArguments(let text), .environment(let text), .notJoined(let text), .daemonDied(let text): text
        }
    }
}
