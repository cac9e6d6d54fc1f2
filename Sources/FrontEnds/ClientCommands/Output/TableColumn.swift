import VC3Model

/// One column of the table of a kind.
struct TableColumn: Sendable {
    let title: String
    let value: @Sendable (EntityRecord) -> String

    static func columns(of kind: EntityKind) -> [TableColumn] {
        let name = TableColumn("NAME") { $0.name }
        let owner = TableColumn("OWNER") { $0.metadata.owner }
        let state = TableColumn("STATE") { $0.metadata.deleting == nil ? plain($0.status["state"]) : "deleting" }
        let reason = status("REASON", "state_reason")
        switch kind {
        case .user:
            return [
                name, spec("FIRST", "first"), spec("LAST", "last"), spec("EMAIL", "email"),
                spec("ORGANIZATION", "organization"),
                TableColumn("SSH KEY") { plain($0.spec["sshpubstring"]).isEmpty ? "no" : "yes" },
            ]
        case .project:
            return [name, owner, spec("MEMBERS", "members"), spec("ALLOCATIONS", "allocations")]
        case .resource:
            return [
                name, owner, spec("BATCH SYSTEM", "accessflavor"), spec("HOST", "accesshost"),
                spec("PORT", "accessport"), spec("GATEWAY", "accessgateway"),
                TableColumn("QUEUE") { plain($0.spec["batch"]?["queue"]) },
                spec("WORKERS", "nodeinfo"),
            ]
        case .nodeinfo:
            return [
                name, owner, spec("CORES", "cores"), spec("MEMORY MB", "memory_mb"), spec("DISK MB", "storage_mb"),
                spec("SYSTEM", "native_os"), spec("FEATURES", "features"),
            ]
        case .allocation:
            return [
                name, state, owner, spec("RESOURCE", "resource"), spec("ACCOUNT", "accountname"),
                status("KEY", "pubtoken_fingerprint"), status("HOST KEYS", "hostkey_fingerprints"), reason,
            ]
        case .nodeset:
            return [
                name, state, owner, spec("NODES", "node_number"), spec("TYPE", "app_type"), spec("ROLE", "app_role"),
                spec("WALLTIME S", "walltime"), status("HOST", "app_host"),
            ]
        case .cluster:
            return [name, owner, spec("NODESETS", "nodesets"), spec("PUBLIC", "public")]
        case .environment:
            return [
                name, owner, spec("PACKAGES", "packagelist"), spec("SYSTEM", "required_os"),
                TableColumn("VARIABLES") { record in
                    (record.spec["envmap"]?.objectValue ?? [:]).keys.sorted().joined(separator: ",")
                },
            ]
        case .request:
            return [
                name, state, owner, spec("PROJECT", "project"), spec("CLUSTER", "cluster"),
                status("WORKERS", "workers_joined"), spec("EXPIRES", "expiration"), reason,
            ]
        case .provisioner:
            return [
                name, spec("FACTORY", "displayname"), state, status("VERSION", "version"), status("HOST", "host"),
                TableColumn("RUNNING") { plain($0.status["pilots"]?["running"]) },
                TableColumn("PENDING") { plain($0.status["pilots"]?["pending"]) }, status("SITES", "sites"),
                status("LAST HEARD", "heartbeat"), status("TROUBLE", "trouble"),
            ]
        case .pairing:
            let state = TableColumn("STATE") { record in
                let isClaimed = record.status["state"] == "new" && record.spec["csr"] != nil
                return isClaimed ? "claimed" : plain(record.status["state"])
            }
            return [
                name, state, spec("ROLE", "role"), spec("FOR", "cn"), spec("TRIES", "tries"),
                spec("EXPIRES", "expires"),
                reason,
            ]
        default:
            return [name, state, owner, reason]
        }
    }

    init(_ title: String, _ value: @escaping @Sendable (EntityRecord) -> String) {
        self.title = title
        self.value = value
    }

    private static func spec(_ title: String, _ attribute: String) -> TableColumn {
        TableColumn(title) { plain($0.spec[attribute]) }
    }

    private static func status(_ title: String, _ attribute: String) -> TableColumn {
        TableColumn(title) { plain($0.status[attribute]) }
    }

    private static func plain(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): text
        case .bool(let flag): flag ? "yes" : "no"
        case .array(let items): items.map { plain($0) }.joined(separator: ",")
        case let value?: TextForm.literal(value)
        }
    }
}
