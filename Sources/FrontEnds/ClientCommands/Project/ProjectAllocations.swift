import ArgumentParser
import VC3Model

struct ProjectAddAllocation: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "project-addallocation", "Let a project's clusters run on an account at a site.",
        example: "vc3-client project-addallocation survey ana.midway")

    @Argument(help: "Project name.")
    var projectname: String
    @Argument(help: "Allocation name.")
    var allocationname: String

    var target: EntityKey? { EntityKey(.project, projectname) }

    func perform(in session: ClientSession) async throws {
        try await session.add(allocationname, to: "allocations", of: .project, projectname)
    }
}

struct ProjectRemoveAllocation: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "project-removeallocation", "Take an account at a site away from a project.",
        example: "vc3-client project-removeallocation survey ana.midway")

    @Argument(help: "Project name.")
    var projectname: String
    @Argument(help: "Allocation name.")
    var allocationname: String

    var target: EntityKey? { EntityKey(.project, projectname) }

    func perform(in session: ClientSession) async throws {
        try await session.remove(allocationname, from: "allocations", of: .project, projectname)
    }
}
