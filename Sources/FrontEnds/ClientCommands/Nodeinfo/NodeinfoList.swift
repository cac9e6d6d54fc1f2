import ArgumentParser
import VC3Model

struct NodeinfoList: ListingCommand {
    static let kind = EntityKind.nodeinfo
    static let configuration = usage(
        "nodeinfo-list", "Show sizes of workers, or one of them.",
        example: """
            vc3-client nodeinfo-list
            vc3-client nodeinfo-list --nodeinfoname small --output table
            """)

    @Option(name: .customLong("nodeinfoname"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
