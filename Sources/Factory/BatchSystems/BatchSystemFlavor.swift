/// The batch systems that VC3 knows.
public enum BatchSystemFlavor: String, Sendable, Codable, CaseIterable {
    case slurm
    /// Grid Engine in any of its lines (Sun, Son of, Univa, Altair).
    case sge
    /// HTCondor.
    case condor
    /// Plain processes of one machine.
    case local

    /// The flavor meant by a resource's description, in any case and by any of its usual names; `nil` if unknown.
    public init?(name: String) {
        switch name.lowercased() {
        case "slurm": self = .slurm
        case "sge", "gridengine", "uge", "age": self = .sge
        case "condor", "htcondor": self = .condor
        case "local", "fork": self = .local
        default: return nil
        }
    }

    /// The adapter, as most sites want it.
    public var adapter: any BatchSystem {
        switch self {
        case .slurm: SlurmBatchSystem()
        case .sge: GridEngineBatchSystem()
        case .condor: HTCondorBatchSystem()
        case .local: LocalBatchSystem()
        }
    }
}
