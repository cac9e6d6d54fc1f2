import ArgumentParser
import VC3Model

struct NodeinfoDelete: DeletingCommand {
    static let kind = EntityKind.nodeinfo
    static let configuration = usage(
        "nodeinfo-delete", "Delete a size of workers.",
        example: "vc3-client nodeinfo-delete small")

    @Argument(help: "Nodeinfo name.")
    var nodeinfoname: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { nodeinfoname }
}
