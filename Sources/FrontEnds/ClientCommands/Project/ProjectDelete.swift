import ArgumentParser
import VC3Model

struct ProjectDelete: DeletingCommand {
    static let kind = EntityKind.project
    static let configuration = usage(
        "project-delete", "Delete a project.",
        example: "vc3-client project-delete survey")

    @Argument(help: "Project name.")
    var projectname: String
    @OptionGroup var deletion: DeletionOptions

    var name: String { projectname }
}
