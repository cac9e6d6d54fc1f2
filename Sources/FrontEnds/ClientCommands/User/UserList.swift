import ArgumentParser
import VC3Model

struct UserList: ListingCommand {
    static let kind = EntityKind.user
    static let configuration = usage(
        "user-list", "Show people, or one of them.",
        example: """
            vc3-client user-list
            vc3-client user-list --username ana --output table
            """)

    @Option(name: .customLong("username"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
