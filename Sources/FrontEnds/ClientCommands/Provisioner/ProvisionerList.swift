import ArgumentParser
import VC3Model

struct ProvisionerList: ListingCommand {
    static let kind = EntityKind.provisioner
    static let configuration = usage(
        "provisioner-list", "Show factories and how they do, or one of them.",
        example: """
            vc3-client provisioner-list --output table
            vc3-client provisioner-list --provisionername 4ckz7w0n8d1f --output json
            """)

    @Option(name: .customLong("provisionername"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
