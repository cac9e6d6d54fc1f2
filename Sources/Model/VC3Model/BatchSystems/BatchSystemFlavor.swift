/// The batch systems that VC3 knows.
public enum BatchSystemFlavor: String, Sendable, Codable, CaseIterable {
    case slurm
    /// Grid Engine in any of its lines (Sun, Son of, Univa, Altair).
    case sge
    /// HTCondor.
    case condor
    /// OpenPBS and PBS Professional.
    case pbs
    /// Torque, and what speaks its commands.
    case torque
    /// IBM Spectrum LSF.
    case lsf
    /// Jobs of a Kubernetes cluster.
    case kubernetes
    /// Plain processes of one machine.
    case local

    /// The flavor meant by a resource's description, in any case and by any of its usual names; `nil` if unknown.
    public init?(name: String) {
        switch name.lowercased() {
        case "slurm": self = .slurm
        case "sge", "gridengine", "uge", "age": self = .sge
        case "condor", "htcondor": self = .condor
        case "pbs", "openpbs", "pbspro": self = .pbs
        case "torque": self = .torque
        case "lsf": self = .lsf
        case "kubernetes", "k8s": self = .kubernetes
        case "local", "fork": self = .local
        default: return nil
        }
    }

    /// The name in sentences.
    public var title: String {
        switch self {
        case .slurm: "Slurm"
        case .sge: "Grid Engine"
        case .condor: "HTCondor"
        case .pbs: "PBS"
        case .torque: "Torque"
        case .lsf: "LSF"
        case .kubernetes: "Kubernetes"
        case .local: "a machine without a batch system"
        }
    }

    /// The command that a submitting host has; `nil` where none is needed.
    public var submitCommand: String? {
        switch self {
        case .slurm: "sbatch"
        case .sge, .pbs, .torque: "qsub"
        case .condor: "condor_submit"
        case .lsf: "bsub"
        case .kubernetes: "kubectl"
        case .local: nil
        }
    }
}
