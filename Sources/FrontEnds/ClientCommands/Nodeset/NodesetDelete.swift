import ArgumentParser
import VC3Model

struct NodesetDelete: DeletingCommand {
    static let kind = EntityKind.nodeset
    static let configuration = usage(
        "nodeset-delete", "Delete a set of nodes.",
        example: "vc3-client nodeset-delete survey-workers")

    @Argument(help: "Nodeset name.")
    var nodesetname: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { nodesetname }
}
