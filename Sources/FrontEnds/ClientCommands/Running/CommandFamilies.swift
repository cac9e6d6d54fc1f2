import ArgumentParser
import InfoserviceAPI
import VC3Model

/// A command that makes one entity.
protocol CreatingCommand: ClientCommand {
    static var kind: EntityKind { get }
    var name: String { get }
    var owner: String? { get }
    /// Attributes of the entity; unset ones take the schema's defaults.
    func spec(in session: ClientSession) throws -> [String: JSONValue?]
}

extension CreatingCommand {
    static var effect: CommandEffect { .create }
    var target: EntityKey? { EntityKey(Self.kind, name) }

    func perform(in session: ClientSession) async throws { try await create(in: session) }

    @discardableResult
    func create(in session: ClientSession) async throws -> EntityRecord {
        let attributes = try spec(in: session).compactMapValues { $0 }
        return try await session.infoservice.create(
            EntityDraft(kind: Self.kind, name: name, owner: owner, spec: .object(attributes)))
    }
}

/// A command that deletes one entity.
protocol DeletingCommand: ClientCommand {
    static var kind: EntityKind { get }
    var name: String { get }
    var deletion: DeletionOptions { get }
}

/// What else a deletion takes.
struct DeletionOptions: ParsableArguments {
    @Flag(help: "Delete everything that refers to it too, and what refers to that: all of it or nothing.")
    var cascade = false

    /// The original had none.
    static let additions: Set<String> = ["cascade"]
}

extension DeletingCommand {
    static var effect: CommandEffect { .remove }
    static var additions: Set<String> { DeletionOptions.additions }
    var target: EntityKey? { EntityKey(Self.kind, name) }
    func perform(in session: ClientSession) async throws {
        try await session.infoservice.delete(Self.kind, name, cascade: deletion.cascade)
    }
}

/// A command that shows all entities of a kind, or one.
protocol ListingCommand: ClientCommand {
    static var kind: EntityKind { get }
    var name: String? { get }
    var listing: OutputOptions { get }
}

extension ListingCommand {
    static var effect: CommandEffect { .read }
    static var additions: Set<String> { OutputOptions.additions }
    var target: EntityKey? { name.map { EntityKey(Self.kind, $0) } }

    func perform(in session: ClientSession) async throws {
        if let name {
            let record = try await session.infoservice.record(Self.kind, name)
            try listing.output.show(record, on: session.console)
        } else {
            let list = try await session.infoservice.records(Self.kind)
            try listing.output.show(list.items, of: Self.kind, on: session.console)
        }
    }
}
