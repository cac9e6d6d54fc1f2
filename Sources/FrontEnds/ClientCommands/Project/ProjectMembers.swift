import ArgumentParser
import VC3Model

struct ProjectAddUser: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "project-adduser", "Make a person a member of a project.", example: "vc3-client project-adduser survey ben")

    @Argument(help: "Project name.")
    var projectname: String
    @Argument(help: "User name.")
    var user: String

    var target: EntityKey? { EntityKey(.project, projectname) }

    func perform(in session: ClientSession) async throws {
        try await session.add(user, to: "members", of: .project, projectname)
    }
}

struct ProjectRemoveUser: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "project-removeuser", "End a person's membership in a project.",
        example: "vc3-client project-removeuser survey ben")

    @Argument(help: "Project name.")
    var projectname: String
    @Argument(help: "User name.")
    var user: String

    var target: EntityKey? { EntityKey(.project, projectname) }

    func perform(in session: ClientSession) async throws {
        try await session.remove(user, from: "members", of: .project, projectname)
    }
}
