import ArgumentParser
import VC3Model

struct ClusterDelete: DeletingCommand {
    static let kind = EntityKind.cluster
    static let configuration = usage(
        "cluster-delete", "Delete a cluster template; its nodesets stay.",
        example: "vc3-client cluster-delete survey-pool")

    @Argument(help: "Cluster name.")
    var clustername: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { clustername }
}
