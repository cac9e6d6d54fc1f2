import ArgumentParser
import InfoserviceStore
import VC3Model

/// What the subcommands that move whole stores share.
enum StoreArguments {
    static let form =
        "PLUGIN:PLACE; SQLite:PATH, DiskDump:PATH or PostgreSQL:CONNECTION, e.g. 'PostgreSQL:host=db dbname=vc3'"

    /// Says on standard error which step is under way, for steps that take long.
    static func progress(_ step: StoreCopy.Step) { ConfigurationOptions.say("\(step.rawValue) …") }

    static func run(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as VC3Error {
            throw ConfigurationOptions.complaint(error.description)
        }
    }
}

extension ConfigurationOptions {
    /// The store and the sealing key file that are named; what is not named is that of the configuration.
    func store(_ text: String?, key: String?) throws -> StoreConfiguration {
        let location = try text.map { try StoreLocation(text: $0) }
        if let location, let key { return StoreConfiguration(location, keyFile: key) }
        var store = try settings().store
        store.location = location ?? store.location
        store.keyFile = key ?? store.keyFile
        return store
    }
}

extension StoreCopy.Summary {
    /// In words, for people.
    var text: String { "revision \(revision): \(entities) entities, \(changes) changes, \(auditEntries) audit entries" }
}
