extension FlatForm {
    /// The form of a kind.
    public static func of(_ kind: EntityKind) -> FlatForm { all[kind] ?? FlatForm(kind, "") }

    /// The original's word for the category of a kind. Nodeinfo and nodeset share one.
    public static func key(of kind: EntityKind) -> String {
        kind == .nodeinfo || kind == .nodeset ? "nodes" : kind.rawValue
    }

    /// The kinds of a category; empty for a key that nobody knows.
    ///
    /// Of a name that two kinds have, the first kind's entity is shown.
    public static func kinds(of key: String) -> [EntityKind] {
        if key == "nodes" { return [.nodeset, .nodeinfo] }
        return EntityKind(rawValue: key).map { Self.key(of: $0) == key ? [$0] : [] } ?? []
    }

    /// All keys, sorted.
    public static var keys: [String] { Set(EntityKind.allCases.map(key(of:))).sorted() }

    private static let all: [EntityKind: FlatForm] = Dictionary(
        uniqueKeysWithValues: [
            FlatForm(.user, "name state first last email organization identity_id sshpubstring"),
            FlatForm(.project, "name state owner members allocations blueprints organization"),
            FlatForm(
                .resource,
                """
                name state owner accesstype accessmethod accessflavor accesshost accessport accessgateway nodeinfo
                scratchdir sandboxdir gridresource cloudspotprice cloudinstancetype mfa public pubtokendocurl organization
                """),
            FlatForm(
                .allocation,
                """
                name state state_reason action owner resource accountname type quantity units sectype pubtoken privtoken
                pubtokendocurl
                """,
                places: [
                    "action": .derived(.validation), "privtoken": .derived(.secret), "hostkey": .spec("hostkey"),
                    "hostkey_seen": .status("hostkey"),
                ]),
            FlatForm(.policy, "name state owner pluginname"),
            FlatForm(.nodeinfo, "name state owner cores memory_mb storage_mb native_os features"),
            FlatForm(
                .nodeset,
                """
                name state owner state_reason node_number app_type app_role nodeinfo app_host app_port app_sectoken
                app_peaceful app_lingertime app_killorder environment
                """,
                places: [
                    "app_sectoken": .derived(.secret), "app_port": .spec("app_port"),
                    "app_port_seen": .status("app_port"),
                ]),
            FlatForm(.cluster, "name state owner nodesets public"),
            FlatForm(
                .environment, "name state owner packagelist envmap files command required_os builder_extra_args"),
            FlatForm(
                .request,
                """
                name state state_reason owner action expiration project cluster policy allocations environments headnode
                queuesconf authconf statusraw statusinfo organization
                """,
                places: [
                    "expiration": .time("expiration"), "headnode": .status("headnode"),
                    "headnode_choice": .spec("headnode"), "queuesconf": .derived(.queues),
                    "authconf": .derived(.logins), "statusraw": .derived(.rawStatus),
                ]),
            FlatForm(.provisioner, "name state owner type authconfig queuesconf"),
            FlatForm(.privatetoken, "name state data type"),
            FlatForm(
                .pairing, "name state acl cn pairingcode cert key encoding",
                places: ["acl": .derived(.accessList), "encoding": .derived(.encoding)]),
            FlatForm(.pilotset, "name state owner"), FlatForm(.pilot, "name state owner"),
            FlatForm(.pilotlog, "name state owner"), FlatForm(.lease, "name state owner"),
            FlatForm(.event, "name state owner"), FlatForm(.usage, "name state owner"),
            FlatForm(.authority, "name state owner"), FlatForm(.sitelogin, "name state owner"),
        ].map { ($0.kind, $0) })

    /// - Parameters:
    ///   - original: The original's own attributes in its order, without the texts that all kinds have.
    ///   - places: Where attributes lie that the schema alone does not tell.
    private init(_ kind: EntityKind, _ original: String, places: [String: FlatAttribute.Place] = [:]) {
        let schema = KindSchema.of(kind)
        let about = Set(KindSchema.about.map(\.name))
        let standard: [String: FlatAttribute.Place] = ["name": .name, "owner": .owner]
        let taken = Set(places.values)
        let rest =
            (schema.spec.map { ($0.name, .spec($0.name)) } + schema.status.map { ($0.name, .status($0.name)) })
            .filter { !taken.contains($0.1) && !taken.contains(.time($0.0)) } as [(String, FlatAttribute.Place)]
        let known = places.merging(standard) { own, _ in own }.merging(Dictionary(uniqueKeysWithValues: rest)) {
            own, _ in own
        }
        let first = original.split(whereSeparator: \.isWhitespace).map(String.init)
        let own = rest.map(\.0).filter { !about.contains($0) && !first.contains($0) }
        let added = places.keys.sorted().filter { !first.contains($0) && !own.contains($0) }
        let owner = first.contains("owner") || first.isEmpty ? [] : ["owner"]
        let order = first + schema.spec.map(\.name).filter(about.contains) + owner + own + added
        self.kind = kind
        attributes = order.compactMap { name in known[name].map { FlatAttribute(name, $0) } }
    }
}
