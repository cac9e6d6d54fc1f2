import ArgumentParser
import VC3Model

struct NodesetList: ListingCommand {
    static let kind = EntityKind.nodeset
    static let configuration = usage(
        "nodeset-list", "Show sets of nodes, or one of them.",
        example: """
            vc3-client nodeset-list
            vc3-client nodeset-list --nodesetname survey-workers --output table
            """)

    @Option(name: .customLong("nodesetname"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
