import ArgumentParser
import VC3Model

struct ClusterCreate: CreatingCommand {
    static let kind = EntityKind.cluster
    static let configuration = usage(
        "cluster-create", "Make a template for virtual clusters out of nodesets.",
        example: "vc3-client cluster-create survey-pool --nodesets survey-workers")

    @Argument(help: "Cluster name.")
    var clustername: String
    @Option(help: "User who owns it; unset: you.")
    var owner: String?
    @Option(help: "Nodesets, separated by commas; the first one decides what the head node runs.")
    var nodesets: CommaList?
    @Flag(help: "Every user sees it.")
    var `public` = false
    @OptionGroup var about: AboutOptions

    var name: String { clustername }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        ["nodesets": nodesets.json, "public": `public`.jsonIfSet] + about
    }
}
