import ArgumentParser
import VC3Model

struct RequestCreate: CreatingCommand {
    static let kind = EntityKind.request
    static let configuration = usage(
        "request-create", "Ask for a virtual cluster. It starts at once.",
        example: """
            vc3-client request-create ana-run1 --project survey \\
              --cluster survey-pool --allocations ana.midway,ana.engage,ana.osg \\
              --expiration +6h
            vc3-client request-wait --requestname ana-run1 --for joined
            """)
    static let additions: Set<String> = ["headnode"]

    @Argument(help: "Request name; no dots.")
    var requestname: String
    @Option(help: "User who owns it; unset: you.")
    var owner: String?
    @Option(
        help: ArgumentHelp(
            "When it ends by itself: a time in UTC, or so long from now as +30m, +6h, +2d; unset: never.",
            valueName: "YYYY-MM-DDTHH:MM:SS|+TIME"))
    var expiration: Moment?
    @Option(help: "Cluster template.")
    var cluster: String?
    @Option(help: "How workers are spread over the allocations.")
    var policy = "static-balanced"
    @Option(help: "Project whose allocations it uses.")
    var project: String?
    @Option(help: "Accounts to run on, separated by commas.")
    var allocations: CommaList?
    @Option(help: "Environments of all workers, separated by commas.")
    var environments: CommaList?
    @Option(help: "Where the head node runs: local, or the name of a host that the VC3 admin configured.")
    var headnode = "local"
    @Option(help: "University, laboratory or company.")
    var organization: String?
    @OptionGroup var about: AboutOptions

    var name: String { requestname }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        let end = try expiration?.timestamp(after: session.now)
        return [
            "expiration": end.map { .string($0.description) }, "cluster": cluster.json, "policy": .string(policy),
            "project": project.json, "allocations": allocations.json, "environments": environments.json,
            "headnode": .string(headnode), "organization": organization.json,
        ] + about
    }
}
