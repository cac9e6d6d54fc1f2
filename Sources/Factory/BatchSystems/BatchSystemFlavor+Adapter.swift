public import VC3Model

extension BatchSystemFlavor {
    /// The adapter.
    ///
    /// - Parameter settings: Those of the resource: see ``BatchRules/settings``.
    public func adapter(settings: [String: String] = [:]) -> any BatchSystem {
        switch self {
        case .slurm: SlurmBatchSystem()
        case .sge: GridEngineBatchSystem()
        case .condor: HTCondorBatchSystem()
        case .pbs: PBSBatchSystem(.pro)
        case .torque: PBSBatchSystem(.torque)
        case .lsf: LSFBatchSystem()
        case .kubernetes: KubernetesBatchSystem(settings: settings)
        case .local: LocalBatchSystem()
        }
    }
}
