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
        TypedKind(Pairing.self), TypedKind(SiteLogin.self),
    ]

    @Test(arguments: all, [KindSchema.Part.spec, .status])
    func aFullValueKeepsEveryMemberThatTheTypeHas(typed: TypedKind, part: KindSchema.Part) throws {
        let schema = KindSchema.of(typed.kind)
        let full = JSONValue.object(schema.fields(of: part).sample)
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
        let required = JSONValue.object(schema.fields(of: part).filter(\.isRequired).sample)
        let back = try typed.roundTrip(schema.withDefaults(required, part: part), part)
        #expect(schema.problems(in: back, part: part).isEmpty)
    }
}
