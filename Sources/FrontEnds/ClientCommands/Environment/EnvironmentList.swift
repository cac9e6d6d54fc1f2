import ArgumentParser
import VC3Model

struct EnvironmentList: ListingCommand {
    static let kind = EntityKind.environment
    static let configuration = usage(
        "environment-list", "Show environments, or one of them.",
        example: """
            vc3-client environment-list
            vc3-client environment-list --environmentname analysis --output table
            """)

    @Option(name: .customLong("environmentname"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
