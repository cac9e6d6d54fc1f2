import ArgumentParser
import VC3Model

struct ResourceList: ListingCommand {
    static let kind = EntityKind.resource
    static let configuration = usage(
        "resource-list", "Show sites, or one of them.",
        example: """
            vc3-client resource-list
            vc3-client resource-list --resource midway --output table
            """)

    @Option(name: .customLong("resource"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
