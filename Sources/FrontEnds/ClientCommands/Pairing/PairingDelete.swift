import ArgumentParser
import VC3Model

struct PairingDelete: DeletingCommand {
    static let kind = EntityKind.pairing
    static let configuration = usage(
        "pairing-delete",
        "End a code before its time. A certificate that it brought stays good; credible revoke ends that.",
        example: "vc3-client pairing-delete factory-factory2-4ckz7w0n8d")

    @Argument(help: "Name of the pairing: the second part of the code.")
    var pairingname: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { pairingname }
}
