import ArgumentParser
import InfoserviceAPI
import VC3Model

struct ProjectCreate: CreatingCommand {
    static let kind = EntityKind.project
    static let configuration = usage(
        "project-create", "Make a project: people who share accounts at sites. Its owner is always a member.",
        example: "vc3-client project-create survey --members ana,ben")

    @Argument(help: "Project name.")
    var projectname: String
    @Option(help: "User who owns it; unset: you.")
    var owner: String?
    @Option(help: "Users, separated by commas.")
    var members: CommaList?
    @Option(help: "University, laboratory or company.")
    var organization: String?
    @OptionGroup var about: AboutOptions

    var name: String { projectname }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        var members = members
        if let owner, !owner.isEmpty {
            members = CommaList(argument: ([owner] + (members?.items ?? [])).joined(separator: ","))
        }
        return ["members": members.json, "organization": organization.json] + about
    }

    func perform(in session: ClientSession) async throws {
        let record = try await create(in: session)
        // Only the answer tells who the owner is when none was named.
        let members = record.spec["members"]?.arrayValue ?? []
        if !members.contains(.string(record.metadata.owner)) {
            try await session.add(record.metadata.owner, to: "members", of: .project, projectname)
        }
    }
}
