import Factory
import FactorySettings
import PartWiring
import VC3Commands
import VC3Daemon

extension FactoryFiles {
    /// What those say now who know the jobs for a queue's pilots.
    ///
    /// - Throws: `StartError` when there is no such queue, nobody is asked for it, or no answer can be had.
    func demandText(of name: String) async throws -> String {
        guard let place = try queue(name).demand?.place else {
            throw StartError("[\(name)] has no wmsstatusplugin: nobody is asked how many jobs wait for its pilots")
        }
        do {
            let source = CommandDemandSource(LocalRunner()) { [mappings] in mappings.ready }
            let demand = try await source.demand(at: place)
            let needs = [("cores", demand.cores), ("memory", demand.memory), ("disk", demand.disk)].compactMap {
                name, need in
                need.map { "\(name): \($0.inUse) in use, \($0.waiting) wanted by waiting tasks, \($0.total) in all" }
            }
            return ([place.description, "ready: \(demand.ready)"] + needs).joined(separator: "\n")
        } catch {
            throw StartError("[\(name)] \(error)")
        }
    }
}
