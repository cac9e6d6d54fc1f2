import ArgumentParser
import VC3Model

struct ResourceDelete: DeletingCommand {
    static let kind = EntityKind.resource
    static let configuration = usage(
        "resource-delete", "Forget a site.",
        example: "vc3-client resource-delete midway")

    @Argument(help: "Resource name.")
    var resourcename: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { resourcename }
}
