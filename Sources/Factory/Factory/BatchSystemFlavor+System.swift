import BatchSystems

extension BatchSystemFlavor {
    /// The adapter of the flavor.
    var system: (any BatchSystem)? {
        switch self {
        case .slurm: SlurmTrial()
        case .local: LocalTrial()
        default: nil
        }
    }
}
