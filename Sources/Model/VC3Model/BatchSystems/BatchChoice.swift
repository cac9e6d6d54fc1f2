/// What a batch system is asked for by the pilots of a nodeset at an allocation: the nodeset's word before the allocation's,
/// and that before the resource's.
public struct BatchChoice: Sendable, Hashable {
    /// Without size and walltime, which are the worker's own.
    public let options: BatchOptions
    public let cores: Int
    public let memory_mb: Int
    public let walltime: Int

    /// - Parameter nodeinfo: The nodeset's, else the resource's. Only a nodeset without one takes the size that allocation
    ///   or resource give in their options.
    public init(
        nodeset: Entity<Nodeset>, allocation: Entity<Allocation>, resource: Entity<Resource>,
        nodeinfo: Entity<Nodeinfo>
    ) {
        let site = resource.spec.batch.overridden(by: allocation.spec.batch)
        var all = site.overridden(by: nodeset.spec.batch)
        let size = nodeset.spec.nodeinfo == nil ? all : nodeset.spec.batch
        cores = size.cores ?? nodeinfo.spec.cores
        memory_mb = size.memory_mb ?? nodeinfo.spec.memory_mb
        walltime = min(nodeset.spec.walltime, all.walltime ?? .max)
        all.cores = nil
        all.memory_mb = nil
        all.walltime = nil
        options = all
    }
}
