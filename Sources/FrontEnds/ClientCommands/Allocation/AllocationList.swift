import ArgumentParser
import VC3Model

struct AllocationList: ListingCommand {
    static let kind = EntityKind.allocation
    static let configuration = usage(
        "allocation-list", "Show accounts at sites, with their states, or one of them.",
        example: """
            vc3-client allocation-list
            vc3-client allocation-list --allocationname ana.midway --output table
            """)

    @Option(name: .customLong("allocationname"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
