import ArgumentParser
import VC3Model

struct RequestList: ListingCommand {
    static let kind = EntityKind.request
    static let configuration = usage(
        "request-list", "Show virtual clusters, with their states, or one of them.",
        example: """
            vc3-client request-list
            vc3-client request-list --requestname ana-run1 --output table
            """)

    @Option(name: .customLong("requestname"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
