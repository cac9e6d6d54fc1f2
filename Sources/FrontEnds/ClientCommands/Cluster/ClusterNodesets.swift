import ArgumentParser
import VC3Model

struct ClusterAddNodeset: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "cluster-addnodeset", "Add a nodeset to a cluster template.",
        example: "vc3-client cluster-addnodeset survey-pool survey-workers")

    @Argument(help: "Cluster name.")
    var clustername: String
    @Argument(help: "Nodeset name.")
    var nodesetname: String

    var target: EntityKey? { EntityKey(.cluster, clustername) }

    func perform(in session: ClientSession) async throws {
        try await session.add(nodesetname, to: "nodesets", of: .cluster, clustername)
    }
}

struct ClusterRemoveNodeset: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "cluster-removenodeset", "Take a nodeset out of a cluster template.",
        example: "vc3-client cluster-removenodeset survey-pool survey-workers")

    @Argument(help: "Cluster name.")
    var clustername: String
    @Argument(help: "Nodeset name.")
    var nodesetname: String

    var target: EntityKey? { EntityKey(.cluster, clustername) }

    func perform(in session: ClientSession) async throws {
        try await session.remove(nodesetname, from: "nodesets", of: .cluster, clustername)
    }
}
