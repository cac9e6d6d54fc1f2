import ArgumentParser
import VC3Model

struct AllocationDelete: DeletingCommand {
    static let kind = EntityKind.allocation
    static let configuration = usage(
        "allocation-delete", "Forget an account at a site, and destroy its key.",
        example: "vc3-client allocation-delete ana.midway")

    @Argument(help: "Allocation name.")
    var allocationname: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { allocationname }
}
