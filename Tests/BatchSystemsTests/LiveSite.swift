import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

/// A batch system to test with, and what is particular about it.
struct LiveSite: Sendable, CustomTestStringConvertible {
    var flavor: BatchSystemFlavor
    var runner: any CommandRunner
    /// Whether it tells how jobs ended. If not, they go missing.
    var tellsEnds = true
    var hold: [String]?
    /// Whether it tells jobs on hold from those that wait.
    var tellsHolds = true
    var unknownQueue: String? = "no-such-queue"
    /// Whether a cancelled pilot is warned first.
    var warns = true
    /// Whether a job too large for every node waits for ever, rather than runs all the same.
    var knowsSize = true
    /// Whether it has books, if there are any of its kind.
    var keepsBooks = true
    /// What a job on hold asks for, and what the batch system then tells about it.
    var asking: [Asking] = []
    var refused: [Refused] = []
    /// Which of several of its flavor: the end of the variable that names it.
    var variant = ""
    var testDescription: String { flavor.rawValue + variant.lowercased() }

    struct Asking: Sendable {
        var options: BatchOptions
        var settings: [String: String] = [:]
        /// The command that tells all about the job `$1`.
        var telling: String
        var words: [String]
    }

    /// What it does not take, and what is said about that.
    struct Refused: Sendable {
        var options: BatchOptions
        var reason: SubmissionRefusal.Reason
        var mender: SubmissionRefusal.Mender
        /// In its own words.
        var word: String
    }

    /// Sites named by the environment: `VC3_LIVE_SLURM`, `VC3_LIVE_SGE` and so on are commands that run their arguments at
    /// such a site; the local one is this machine.
    ///
    /// `VC3_LIVE_SLURM_NEWER` has accounting: account `physics`, its quality of service `short`, and `strict`, whose jobs may
    /// take five minutes. `VC3_LIVE_CONDOR_SSH` is a site at the far end of SSH.
    static let all: [LiveSite] = {
        var sites: [LiveSite] = []
        for flavor in BatchSystemFlavor.allCases where flavor != .local {
            for variant in ["", "_NEWER", "_SSH"] {
                let name = "VC3_LIVE_" + flavor.rawValue.uppercased() + variant
                guard let words = ProcessInfo.processInfo.environment[name], !words.isEmpty else { continue }
                let prefix = words.split(separator: " ").map(String.init)
                var site = LiveSite(flavor: flavor, runner: WrappedRunner(prefix: prefix), variant: variant)
                switch flavor {
                case .slurm: site.isSlurm()
                case .sge: site.isGridEngine()
                case .condor: site.isHTCondor()
                case .torque: site.isTorque()
                case .pbs, .lsf, .kubernetes, .local: break
                }
                sites.append(site)
            }
        }
        // Not the user's own home.
        let home = WrappedRunner(prefix: ["env", "HOME=\(NSTemporaryDirectory())vc3-live-\(getpid())"])
        sites.append(LiveSite(flavor: .local, runner: home, hold: nil, unknownQueue: nil, knowsSize: false))
        return sites
    }()
}

extension LiveSite {
    fileprivate mutating func isSlurm() {
        let hasAccounting = variant == "_NEWER"
        hold = ["--hold"]
        keepsBooks = hasAccounting
        asking = [
            Asking(
                options: BatchOptions(
                    queue: "debug", account: "physics", qos: hasAccounting ? "short" : nil, reservation: "course",
                    constraint: "fast", gpus: 2, submitargs: ["--comment=of VC3", "--nice=5"]),
                telling: "scontrol show job $1",
                words: [
                    "Partition=debug", "Account=physics", "Reservation=course", "Features=fast", "gpu:2",
                    "Comment=of VC3", "Nice=5", "TimeLimit=00:04:00", "CPUs/Task=2", "MinMemoryNode=100M", "Requeue=0",
                ] + (hasAccounting ? ["QOS=short"] : [])),
            Asking(
                options: BatchOptions(wholenode: true), telling: "scontrol show job $1",
                words: ["OverSubscribe=NO", "MinMemoryNode=0", "NumNodes=1"]),
        ]
        refused = [
            Refused(
                options: BatchOptions(reservation: "no-such-one"), reason: .invalidReservation, mender: .user,
                word: "eservation"),
            Refused(
                options: BatchOptions(constraint: "no-such-feature"), reason: .impossibleRequest, mender: .user,
                word: "feature"),
            Refused(
                options: BatchOptions(gpus: 99), reason: .impossibleRequest, mender: .user, word: "not available"),
            Refused(
                options: BatchOptions(submitargs: ["--nodelist=n99"]), reason: .impossibleRequest, mender: .user,
                word: "node name"),
        ]
        // Without accounting every account and quality of service is taken, and means nothing.
        guard hasAccounting else { return }
        refused += [
            Refused(options: BatchOptions(account: "alchemy"), reason: .invalidAccount, mender: .user, word: "account"),
            Refused(options: BatchOptions(qos: "no-such-one"), reason: .invalidAccount, mender: .user, word: "qos"),
            Refused(
                options: BatchOptions(qos: "strict"), reason: .impossibleRequest, mender: .user,
                word: "QOSMaxWallDurationPerJobLimit"),
        ]
    }

    fileprivate mutating func isGridEngine() {
        hold = ["-h"]
        tellsEnds = false
        asking = [
            Asking(
                options: BatchOptions(
                    queue: "main.q", account: "physics", constraint: "arch=*", wholenode: true, gpus: 2,
                    submitargs: ["-ac vc3=yes", "-p -5"]), settings: ["memoryresource": "h_vmem"],
                telling: "qstat -j $1",
                words: [
                    "project:                    physics", "hard_queue_list:            main.q", "exclusive=true",
                    "gpu=2", "h_rt=240", "h_vmem=50M", "arch=*", "smp range: 2", "vc3=yes",
                    "notify:                     TRUE",
                ])
        ]
        refused = [
            Refused(options: BatchOptions(account: "alchemy"), reason: .invalidAccount, mender: .user, word: "alchemy"),
            Refused(
                options: BatchOptions(reservation: "99"), reason: .invalidReservation, mender: .user,
                word: "reservation"),
            Refused(
                options: BatchOptions(submitargs: ["-l no_such=1"]), reason: .badOption, mender: .operator,
                word: "no_such"),
            Refused(
                options: BatchOptions(submitargs: ["-p 5"]), reason: .badOption, mender: .operator, word: "operator"),
        ]
    }

    fileprivate mutating func isHTCondor() {
        hold = ["hold = true"]
        unknownQueue = nil
        asking = [
            Asking(
                options: BatchOptions(
                    account: "group.physics", constraint: "Arch == \"X86_64\"", gpus: 2,
                    submitargs: ["+Project = \"vc3\"", "priority = 5"]), telling: "condor_q -long $1",
                words: [
                    "AcctGroup = \"group.physics\"", "Arch == \"X86_64\"", "RequestGPUs = 2", "Project = \"vc3\"",
                    "JobPrio = 5", "RequestCpus = 2", "RequestMemory = 100",
                ])
        ]
        refused = [
            Refused(options: BatchOptions(account: "a b"), reason: .invalidAccount, mender: .user, word: "a b"),
            Refused(
                options: BatchOptions(submitargs: ["priority = high"]), reason: .badOption, mender: .operator,
                word: "priority"),
        ]
    }

    /// slurm-wlm-torque: a completed job has no exit code, one on hold is queued, and qdel kills at once.
    fileprivate mutating func isTorque() {
        hold = ["-h"]
        tellsHolds = false
        tellsEnds = false
        warns = false
        asking = [
            Asking(
                options: BatchOptions(queue: "debug", account: "physics", gpus: 2), telling: "scontrol show job $1",
                words: [
                    "Partition=debug", "Account=physics", "gres:gpu:2", "TimeLimit=00:04:00", "NumTasks=2",
                    "MinMemoryNode=100M",
                ])
        ]
        refused = [
            Refused(
                options: BatchOptions(gpus: 99), reason: .impossibleRequest, mender: .user,
                word: "sbatch: error: Batch job submission failed: Requested node"),
            Refused(
                options: BatchOptions(constraint: "no-such-feature"), reason: .impossibleRequest, mender: .user,
                word: "sbatch: error: Batch job submission failed: Invalid node name"),
            Refused(
                options: BatchOptions(submitargs: ["-t", "1-4x"]), reason: .arrayRefused, mender: .nobody,
                word: "array specification"),
        ]
    }
}
