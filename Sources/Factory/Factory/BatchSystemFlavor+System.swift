import BatchSystems

extension BatchSystemFlavor {
    /// The adapter of the flavor.
    var system: any BatchSystem {
        switch self {
        case .slurm: SlurmBatchSystem()
        case .local: LocalBatchSystem()
        case .sge: GridEngineBatchSystem()
        case .condor: HTCondorBatchSystem()
        }
    }
}
