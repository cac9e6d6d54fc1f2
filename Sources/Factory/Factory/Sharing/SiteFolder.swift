import InfoserviceAPI
import VC3Model

/// The name of the folder that all Factories of one Infoservice use in accounts at sites, `~/.vc3/NAME`: agreed upon
/// once, by an entity, so that whoever takes a site over finds the pilots of the one before.
enum SiteFolder {
    /// The provisioner entity that has it.
    static let entity = "sites"

    /// - Parameter proposal: What it becomes if nothing is agreed yet.
    static func agreed(_ infoservice: any EntityReader & EntityWriter, proposing proposal: String) async throws
        -> String
    {
        while true {
            do {
                return try name(try await infoservice.record(.provisioner, entity))
            } catch let error as VC3Error where error.code == .notFound {
                let spec: JSONValue = [
                    "type": "vc3-sites", "displayname": .string(proposal),
                    "description": "The factories' folder in accounts at sites is ~/.vc3/ and the display name.",
                ]
                do {
                    return try name(
                        try await infoservice.create(EntityDraft(kind: .provisioner, name: entity, spec: spec)))
                } catch let error as VC3Error where error.code == .exists {
                    continue
                } catch let error as VC3Error where error.code == .unavailable {
                    try await Task.sleep(for: .seconds(1))
                }
            } catch let error as VC3Error where error.code == .unavailable {
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private static func name(_ record: EntityRecord) throws -> String {
        guard let name = record.spec["displayname"]?.stringValue, EntityName.problem(with: name) == nil else {
            throw FactoryConfigurationError(
                "the entity provisioner/\(entity) has no display name that can be a folder; restore it from a backup")
        }
        return name
    }
}
