import ArgumentParser
import VC3Model

struct ProjectAddUser: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "project-adduser", "Make a person a member of a project, or give a member another role.",
        example: """
            vc3-client project-adduser survey ben
            vc3-client project-adduser survey eve --role viewer
            """)
    static let additions: Set<String> = ["role"]

    @Argument(help: "Project name.")
    var projectname: String
    @Argument(help: "User name.")
    var user: String
    @Option(
        help: ArgumentHelp(
            "viewer: sees the project and what it shares; member: starts clusters as well; owner: changes the project as well.",
            valueName: "owner|member|viewer"))
    var role: RoleWord?

    var target: EntityKey? { EntityKey(.project, projectname) }

    func perform(in session: ClientSession) async throws {
        if let role = role?.role {
            try await session.edit(.project, projectname) { spec in
                let members = spec["members"]?.arrayValue ?? []
                let all = members.contains(.string(user)) ? members : members + [.string(user)]
                return ["members": .array(all), "roles": .object([user: .string(role.rawValue)])]
            }
            return
        }
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

/// A role in a project, by its word.
struct RoleWord: ExpressibleByArgument, Sendable, Equatable {
    let role: ProjectRole

    init?(argument: String) {
        guard let role = ProjectRole(rawValue: argument.lowercased()) else { return nil }
        self.role = role
    }

    static var allValueStrings: [String] { ProjectRole.allCases.map(\.rawValue) }
}
