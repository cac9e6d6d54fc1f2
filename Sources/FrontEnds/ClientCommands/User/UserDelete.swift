import ArgumentParser
import VC3Model

struct UserDelete: DeletingCommand {
    static let kind = EntityKind.user
    static let configuration = usage(
        "user-delete", "Forget a person.",
        example: "vc3-client user-delete ana")

    @Argument(help: "User name.")
    var username: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { username }
}
