import Testing
import VC3Model

/// The typed view of each kind and its schema say the same.
struct TypedKindTests {
    struct TypedKind: Sendable, CustomTestStringConvertible {
        let kind: EntityKind
        let roundTrip: @Sendable (JSONValue, KindSchema.Part) throws -> JSONValue
        var testDescription: String { kind.rawValue }

        init<Kind: EntityType>(_ type: Kind.Type) {
            kind = Kind.kind
            roundTrip = { value, part in
                part == .spec
                    ? try JSONValue(encoding: value.decoded(as: Kind.Spec.self))
                    : try JSONValue(encoding: value.decoded(as: Kind.Status.self))
            }
        }
    }

    static let all = [
        TypedKind(User.self), TypedKind(Project.self), TypedKind(Resource.self), TypedKind(Nodeinfo.self),
        TypedKind(Allocation.self), TypedKind(Nodeset.self), TypedKind(Cluster.self), TypedKind(Environment.self),
        TypedKind(Request.self), TypedKind(PrivateToken.self), TypedKind(PilotSet.self),
    ]

    @Test(arguments: all, [KindSchema.Part.spec, .status])
    func aFullValueKeepsEveryMemberThatTheTypeHas(typed: TypedKind, part: KindSchema.Part) throws {
        let schema = KindSchema.of(typed.kind)
        let full = JSONValue.object(sample(schema.fields(of: part)))
        #expect(schema.problems(in: full, part: part).isEmpty)
        let back = try typed.roundTrip(full, part)
        let members = try #require(back.objectValue)
        #expect(!members.isEmpty)
        for (name, value) in members { #expect(value == full[name], "\(part.rawValue).\(name)") }
        #expect(schema.problems(in: back, part: part).isEmpty)
    }

    @Test(arguments: all, [KindSchema.Part.spec, .status])
    func theSmallestValueDecodes(typed: TypedKind, part: KindSchema.Part) throws {
        let schema = KindSchema.of(typed.kind)
        let required = JSONValue.object(sample(schema.fields(of: part).filter(\.isRequired)))
        let back = try typed.roundTrip(schema.withDefaults(required, part: part), part)
        #expect(schema.problems(in: back, part: part).isEmpty)
    }

    private func sample(_ fields: [Field]) -> [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0.name, sample($0)) })
    }

    private func sample(_ field: Field) -> JSONValue {
        field.allowed.first.map { .string($0) } ?? sample(field.type)
    }

    private func sample(_ type: FieldType) -> JSONValue {
        switch type {
        case .string: "text"
        case .reference: "some.name"
        case .integer(let range): .integer(min(max(range.lowerBound, 7), range.upperBound))
        case .boolean: true
        case .timestamp: "2026-01-31T12:00:00.000Z"
        case .list(let element): [sample(element), sample(element)]
        case .map(let element): ["key": sample(element)]
        case .object(let fields): .object(sample(fields))
        case .conditions:
            [
                [
                    "type": "Ready", "status": "false", "reason": "Word", "message": "A sentence.",
                    "since": "2026-01-31T12:00:00.000Z", "retryAt": "2026-01-31T12:01:00.000Z", "mender": "operator",
                ]
            ]
        case .any: ["free": 1]
        }
    }
}
