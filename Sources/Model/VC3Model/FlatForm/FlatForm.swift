import Foundation

/// The original's flat form of a kind: `{"name": …, "state": …, attribute: value, …}`, every attribute there, unset ones null.
///
/// The attributes of the original come first, in its order; those that are new in this system follow.
public struct FlatForm: Sendable {
    public let kind: EntityKind
    public let attributes: [FlatAttribute]

    /// Entities that the derived attributes of a request are made from.
    public struct Relations: Sendable {
        public var pilotSets: [Entity<PilotSet>]
        public var allocations: [Entity<Allocation>]

        public init(pilotSets: [Entity<PilotSet>] = [], allocations: [Entity<Allocation>] = []) {
            self.pilotSets = pilotSets
            self.allocations = allocations
        }
    }

    public subscript(name: String) -> FlatAttribute? { attributes.first { $0.name == name } }

    /// The flat form of a record.
    public func flat(_ record: EntityRecord, _ relations: Relations = Relations()) -> [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: attributes.map { ($0.name, value(at: $0.place, of: record, relations)) })
    }

    private func value(
        at place: FlatAttribute.Place, of record: EntityRecord, _ relations: Relations
    ) -> JSONValue {
        switch place {
        case .name: .string(record.name)
        case .owner: .string(record.metadata.owner)
        case .spec(let field): record.spec[field] ?? .null
        case .status(let field): record.status[field] ?? .null
        case .time(let field): Self.originalTime(record.spec[field] ?? .null)
        case .derived(let derivation): Self.derived(derivation, record, relations)
        }
    }

    private static func derived(
        _ derivation: FlatAttribute.Derivation, _ record: EntityRecord, _ relations: Relations
    ) -> JSONValue {
        switch derivation {
        case .validation: isValidationAsked(record) ? "validate" : .null
        case .queues: base64(QueueSections.queues(relations.pilotSets))
        case .logins: relations.pilotSets.isEmpty ? .null : base64(QueueSections.auth(relations.allocations))
        case .rawStatus: relations.pilotSets.isEmpty ? .null : RawStatus.map(of: relations.pilotSets)
        case .secret, .accessList: .null
        case .encoding: "base64"
        }
    }

    static func isValidationAsked(_ record: EntityRecord) -> Bool {
        (record.spec["validate"]?.intValue ?? 0) > (record.status["validate_observed"]?.intValue ?? 0)
    }

    private static func base64(_ text: String) -> JSONValue {
        text.isEmpty ? .null : .string(Data(text.utf8).base64EncodedString())
    }

    private static func originalTime(_ value: JSONValue) -> JSONValue {
        guard let moment = value.stringValue.flatMap(Timestamp.init) else { return value }
        return .string(String(moment.description.prefix("YYYY-MM-DDTHH:MM:SS".count)))
    }
}
