import VC3Model

/// A submit plugin by the name that `batchsubmitplugin` gives it.
public enum SubmitPlugin: String, Sendable, CaseIterable {
    case condorLocal = "CondorLocal"
    case condorSSH = "CondorSSH"
    case condorSSHRemoteManager = "CondorSSHRemoteManager"
    case condorOSGCE = "CondorOSGCE"
    case condorEC2 = "CondorEC2"
    case slurm = "Slurm"
    case sge = "SGE"
    case pbs = "PBS"
    case torque = "Torque"
    case lsf = "LSF"
    case kubernetes = "Kubernetes"
    case local = "Local"

    /// What the plugin's keys begin with.
    public var prefix: String { "batchsubmit.\(rawValue.lowercased())." }

    /// The batch system that pilots are submitted to without a schedd; `nil` for plugins of HTCondor.
    var flavor: BatchSystemFlavor? {
        switch self {
        case .condorLocal, .condorSSH, .condorSSHRemoteManager, .condorOSGCE, .condorEC2: nil
        case .slurm: .slurm
        case .sge: .sge
        case .pbs: .pbs
        case .torque: .torque
        case .lsf: .lsf
        case .kubernetes: .kubernetes
        case .local: .local
        }
    }
}
