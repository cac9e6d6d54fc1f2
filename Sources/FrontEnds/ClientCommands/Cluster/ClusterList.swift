import ArgumentParser
import VC3Model

struct ClusterList: ListingCommand {
    static let kind = EntityKind.cluster
    static let configuration = usage(
        "cluster-list", "Show cluster templates, or one of them.",
        example: """
            vc3-client cluster-list
            vc3-client cluster-list --clustername survey-pool --output table
            """)

    @Option(name: .customLong("clustername"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
