import InfoserviceServer
import Testing
import VC3Model
import VC3Testing

/// The table of who may do what, row by row; entities belong to ana.
struct RulesTests {
    private static let everyone: [Identity] = [
        .admin, .ana, .ben, .master, .factory, Identity(role: .portal, name: "portal"),
        Identity(role: .agent, name: "agent"),
    ]

    struct Row: Sendable, CustomTestStringConvertible {
        let action: EntityAction
        let kind: EntityKind
        let allowed: Set<String>
        init(_ action: EntityAction, _ kind: EntityKind, _ allowed: String...) {
            self.action = action
            self.kind = kind
            self.allowed = Set(allowed)
        }
        var testDescription: String { "\(action.rawValue) \(kind.rawValue)" }
    }

    @Test(arguments: [
        Row(.read, .request, "root", "ana", "ben", "master", "factory", "portal"),
        Row(.read, .privatetoken, "root", "ana", "master", "factory"),
        Row(.read, .pairing, "root", "ana", "master", "factory"),
        Row(.readSecrets, .privatetoken, "factory"),
        Row(.readSecrets, .request),
        Row(.create, .request, "root", "ana"),
        Row(.create, .privatetoken, "root", "ana", "master"),
        Row(.create, .pilotset, "master"),
        Row(.create, .provisioner, "factory"),
        Row(.create, .lease, "master", "factory"),
        Row(.writeSpec, .allocation, "root", "ana"),
        Row(.writeSpec, .nodeset, "root", "ana", "master"),
        Row(.writeSpec, .pilotset, "master"),
        Row(.writeStatus, .allocation, "master"),
        Row(.writeStatus, .request, "master"),
        Row(.writeStatus, .pilotset, "factory"),
        Row(.writeStatus, .provisioner, "factory"),
        Row(.delete, .request, "root", "ana"),
        Row(.delete, .pilotset, "master"),
        Row(.finish, .request, "master"),
        Row(.finish, .allocation, "master"),
        Row(.finish, .pilotset, "factory"),
        Row(.finish, .nodeinfo),
    ])
    func onlyTheseMay(row: Row) {
        let allowed = Self.everyone.filter {
            Rules.verdict($0, may: row.action, row.kind, ownedBy: "ana") == .allowed
        }
        #expect(Set(allowed.map(\.name)) == row.allowed)
    }

    @Test(arguments: EntityAction.allCases, EntityKind.allCases)
    func everyRefusalNamesItsRule(action: EntityAction, kind: EntityKind) {
        for identity in Self.everyone {
            guard case .refused(let rule) = Rules.verdict(identity, may: action, kind, ownedBy: "ana") else { continue }
            #expect(rule.count > 10)
        }
    }

    /// Nothing but the kind's own status writer ever reports on it, whatever else it may do.
    @Test(arguments: EntityKind.allCases)
    func adminsAndUsersNeverWriteStatus(kind: EntityKind) {
        for identity in [Identity.admin, .ana] {
            #expect(Rules.verdict(identity, may: .writeStatus, kind, ownedBy: identity.name) != .allowed)
        }
    }
}
