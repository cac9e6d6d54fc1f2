import ArgumentParser
import VC3Model

struct ProjectList: ListingCommand {
    static let kind = EntityKind.project
    static let configuration = usage(
        "project-list", "Show projects, or one of them.",
        example: """
            vc3-client project-list
            vc3-client project-list --projectname survey --output table
            """)

    @Option(name: .customLong("projectname"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
