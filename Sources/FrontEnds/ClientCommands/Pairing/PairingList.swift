import ArgumentParser
import VC3Model

struct PairingList: ListingCommand {
    static let kind = EntityKind.pairing
    static let configuration = usage(
        "pairing-list", "Show who is to get a certificate, and how far that is, or one of them. Codes are not kept.",
        example: """
            vc3-client pairing-list --output table
            vc3-client pairing-list --pairingname factory-factory2-4ckz7w0n8d --output json
            """)

    @Option(name: .customLong("pairingname"), help: "Show this one only.")
    var name: String?
    @OptionGroup var listing: OutputOptions
}
