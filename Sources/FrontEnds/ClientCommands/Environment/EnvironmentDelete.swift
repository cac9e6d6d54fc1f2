import ArgumentParser
import VC3Model

struct EnvironmentDelete: DeletingCommand {
    static let kind = EntityKind.environment
    static let configuration = usage(
        "environment-delete", "Delete an environment.",
        example: "vc3-client environment-delete analysis")

    @Argument(help: "Environment name.")
    var environmentname: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { environmentname }
}
