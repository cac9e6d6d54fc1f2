import Foundation
import InfoserviceServer
import Testing
import VC3Model

/// Everybody who may ask, each in every relation: `admin`, `user as project member`, `stranger`, …
struct Asker: Sendable, Hashable, CustomStringConvertible {
    let role: Role?
    let relation: Relation

    static let all: [Asker] = ([nil] + Role.allCases.map(Optional.some)).flatMap { role in
        Relation.allCases.map { Asker(role: role, relation: $0) }
    }

    func may(_ action: EntityAction, _ kind: EntityKind) -> Bool {
        verdict(action, kind) == .allowed
    }

    func verdict(_ action: EntityAction, _ kind: EntityKind) -> Verdict {
        Rules.verdict(role.map { Identity(role: $0, name: "x") }, may: action, kind, as: relation)
    }

    var description: String { "\(role?.rawValue ?? "stranger") as \(relation.rawValue)" }
}

/// The table of who may do what, row by row.
struct RulesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let action: EntityAction
        let kind: EntityKind
        /// A role alone means in every relation; else `role: relation, relation`.
        let allowed: [String]
        init(_ action: EntityAction, _ kind: EntityKind, _ allowed: String...) {
            self.action = action
            self.kind = kind
            self.allowed = allowed
        }
        var testDescription: String { "\(action.rawValue) \(kind.rawValue)" }

        var askers: Set<Asker> {
            Set(
                allowed.flatMap { text -> [Asker] in
                    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
                    let role = Role(rawValue: parts[0])
                    let relations =
                        parts.count == 1
                        ? Relation.allCases
                        : parts[1].split(separator: ",").compactMap {
                            Relation(rawValue: $0.trimmingCharacters(in: .whitespaces))
                        }
                    return relations.map { Asker(role: role, relation: $0) }
                })
        }
    }

    private static let related = "user: owner, project owner, project member, project viewer, everyone"

    @Test(arguments: [
        Row(.read, .request, "admin", "master", "factory", related, "portal: everyone", "agent: owner"),
        Row(.read, .privatetoken, "admin", "master", "factory", related, "portal: everyone", "agent: owner"),
        Row(.read, .user, "admin", "master", "factory", related, "portal", "agent: owner"),
        Row(.readSecrets, .privatetoken, "factory"),
        Row(.readSecrets, .request),
        Row(.create, .request, "admin", "user: owner"),
        Row(.create, .project, "admin", "user: owner"),
        Row(.create, .privatetoken, "admin", "master", "user: owner"),
        Row(.create, .pairing, "admin"),
        Row(.writeSpec, .pairing),
        Row(.delete, .pairing, "admin", "master"),
        Row(.create, .pilotset, "master"),
        Row(.create, .provisioner, "factory"),
        Row(.create, .lease, "master", "factory"),
        Row(.writeSpec, .allocation, "admin", "user: owner"),
        Row(.writeSpec, .request, "admin", "user: owner"),
        Row(.writeSpec, .project, "admin", "user: owner, project owner"),
        Row(.writeSpec, .user, "admin", "user: owner"),
        Row(.writeSpec, .nodeset, "admin", "master", "user: owner"),
        Row(.writeSpec, .pilotset, "master"),
        Row(.writeStatus, .allocation, "master"),
        Row(.writeStatus, .request, "master"),
        Row(.writeStatus, .pilotset, "factory"),
        Row(.writeStatus, .provisioner, "factory"),
        Row(.delete, .request, "admin", "user: owner"),
        Row(.delete, .project, "admin", "user: owner, project owner"),
        Row(.delete, .pilotset, "master"),
        Row(.finish, .request, "master"),
        Row(.finish, .allocation, "master"),
        Row(.finish, .pilotset, "factory"),
        Row(.finish, .nodeinfo),
        Row(.use, .project, "admin", "user: owner, project owner, project member"),
        Row(.lend, .allocation, "admin", "user: owner"),
        Row(
            .collect, .pairing, "admin", "user", "master", "factory", "portal", "agent", "stranger"),
    ])
    func onlyTheseMay(row: Row) {
        #expect(Set(Asker.all.filter { $0.may(row.action, row.kind) }) == row.askers)
    }

    @Test(arguments: EntityAction.allCases, EntityKind.allCases)
    func everyRefusalNamesItsRule(action: EntityAction, kind: EntityKind) {
        for asker in Asker.all {
            guard case .refused(let rule) = asker.verdict(action, kind) else { continue }
            #expect(rule.count > 10)
        }
    }

    /// Nothing but the kind's own status writer ever reports on it, whatever else it may do.
    @Test(arguments: EntityKind.allCases)
    func peopleNeverWriteStatus(kind: EntityKind) {
        for asker in Asker.all where [.admin, .user, .portal, .agent, nil].contains(asker.role) {
            #expect(!asker.may(.writeStatus, kind))
        }
    }

    @Test(arguments: EntityAction.allCases.filter { $0 != .collect }, EntityKind.allCases)
    func aStrangerMayNothingElse(action: EntityAction, kind: EntityKind) {
        #expect(Asker.all.filter { $0.role == nil && $0.may(action, kind) }.isEmpty)
    }

    /// The table that people read says what the code does, for every action, kind, role and relation.
    @Test func theDocumentedTableIsTheCodes() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/access-rules.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let documented = text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| ") }
            .drop { !$0.hasPrefix("| may |") }.prefix { $0.hasPrefix("| ") }
        let rules = AccessTable.lines
        #expect(Array(documented) == rules, "write this table into \(page.path):\n\(rules.joined(separator: "\n"))")
    }
}

/// The rules as a table in Markdown: a row for each action and the kinds for which it is the same.
enum AccessTable {
    static let roles: [Role?] = [.admin, .master, .factory, .user, .portal, .agent, nil]

    static var lines: [String] {
        let head = "| may | kind | " + roles.map { $0?.rawValue ?? "stranger" }.joined(separator: " | ") + " |"
        return [head] + EntityAction.allCases.flatMap(rows)
    }

    private static func rows(_ action: EntityAction) -> [String] {
        var kinds: [[String]: [EntityKind]] = [:]
        var order: [[String]] = []
        for kind in EntityKind.allCases {
            let cells = roles.map { cell(action, kind, $0) }
            guard cells.contains(where: { $0 != "–" }) else { continue }
            if kinds[cells] == nil { order.append(cells) }
            kinds[cells, default: []].append(kind)
        }
        return order.map { cells in
            let names = (kinds[cells] ?? []).map(\.rawValue).joined(separator: ", ")
            return "| \(action.rawValue) | \(names) | " + cells.joined(separator: " | ") + " |"
        }
    }

    private static func cell(_ action: EntityAction, _ kind: EntityKind, _ role: Role?) -> String {
        let allowed = Relation.allCases.filter { Asker(role: role, relation: $0).may(action, kind) }
        if allowed.isEmpty { return "–" }
        if allowed == Relation.allCases { return "yes" }
        if allowed == Relation.allCases.filter({ $0 != .none }) { return "in any relation" }
        return allowed.map(\.rawValue).joined(separator: ", ")
    }
}
