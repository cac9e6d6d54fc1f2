/// A place in a spec that names another entity.
public struct EntityLink: Sendable, Hashable {
    public let target: EntityKey
    /// The path of the place, e.g. `spec.allocations[1]`.
    public let field: String
    /// Whether the target must exist when it is written here, and stay while it is written here.
    public let isHeld: Bool
}

extension KindSchema {
    /// Everything that a spec of this kind names, in the order of the schema.
    public func links(in spec: JSONValue) -> [EntityLink] {
        if kind == .event { return Self.aboutLink(spec) }
        return linkFields.flatMap { field in
            spec[field.name].map { Self.links($0, field.type, at: "spec.\(field.name)") } ?? []
        }
    }

    /// The kinds whose entities may name one of `kind`, in the order of kinds.
    public static func kinds(naming kind: EntityKind) -> [EntityKind] { naming[kind] ?? [] }

    private static let naming: [EntityKind: [EntityKind]] = Dictionary(
        uniqueKeysWithValues: EntityKind.allCases.map { target in
            // An event may be about anything.
            let kinds = EntityKind.allCases.filter { kind in
                kind == .event || of(kind).linkFields.contains { mayLink($0.type, to: target) }
            }
            return (target, kinds)
        })

    private static func mayLink(_ type: FieldType, to kind: EntityKind) -> Bool {
        switch type {
        case .reference(let target), .mention(let target): target == kind
        case .list(let element): mayLink(element, to: kind)
        default: false
        }
    }

    static func mayLink(_ type: FieldType) -> Bool {
        switch type {
        case .reference, .mention: true
        case .list(let element): mayLink(element)
        default: false
        }
    }

    private static func links(_ value: JSONValue, _ type: FieldType, at path: String) -> [EntityLink] {
        switch (type, value) {
        case (.reference(let kind), .string(let name)):
            [EntityLink(target: EntityKey(kind, name), field: path, isHeld: true)]
        case (.mention(let kind), .string(let name)):
            [EntityLink(target: EntityKey(kind, name), field: path, isHeld: false)]
        case (.list(let element), .array(let items)):
            items.enumerated().flatMap { links($1, element, at: "\(path)[\($0)]") }
        default: []
        }
    }

    /// An event names what it is about as `kind/name`.
    private static func aboutLink(_ spec: JSONValue) -> [EntityLink] {
        let parts = (spec["about"]?.stringValue ?? "").split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let kind = EntityKind(rawValue: parts[0]) else { return [] }
        return [EntityLink(target: EntityKey(kind, parts[1]), field: "spec.about", isHeld: false)]
    }
}
