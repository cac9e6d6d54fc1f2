extension KindSchema {
    /// The schema of a kind. Every request asks several times: no table is searched.
    public static func of(_ kind: EntityKind) -> KindSchema {
        switch kind {
        case .user: user
        case .project: project
        case .resource: resource
        case .nodeinfo: nodeinfo
        case .allocation: allocation
        case .nodeset: nodeset
        case .cluster: cluster
        case .environment: environment
        case .policy: policy
        case .request: request
        case .provisioner: provisioner
        case .privatetoken: privatetoken
        case .pairing: pairing
        case .pilotset: pilotset
        case .pilot: pilot
        case .pilotlog: pilotlog
        case .lease: lease
        case .event: event
        case .usage: usage
        case .authority: authority
        case .sitelogin: sitelogin
        }
    }

    /// Free texts and links that every kind which people make carries.
    static let about: [Field] = [
        Field("description", .string, longest: 524_288, "What it is, in a sentence."),
        Field("displayname", .string, longest: 256, "The name that people see."),
        Field("url", .string, longest: 2048, "A page about it."),
        Field("docurl", .string, longest: 2048, "Its documentation."),
    ]

    public static let conditionFields: [Field] = [
        Field("type", .string, required: true, "What the condition is about."),
        Field("status", .string, required: true, allowed: ["true", "false", "unknown"], "Whether it holds."),
        Field("reason", .string, required: true, "One word for programs."),
        Field("message", .string, required: true, "A sentence for people."),
        Field("since", .timestamp, required: true, "When the status last changed."),
        Field("retryAt", .timestamp, "When the next attempt is due."),
        Field("mender", .string, allowed: ["user", "operator", "nobody"], "Who can mend it."),
    ]

    static let state = state([])

    /// - Parameter words: The only states that there are; empty: any.
    static func state(_ words: [String]) -> [Field] {
        [
            Field(
                "state", .string, default: "new", allowed: words,
                "The original's state word, derived from the conditions."),
            Field("state_reason", .string, "The state in a sentence."),
            Field("conditions", .conditions, default: [], "What is known."),
            Field("observed_generation", .integer(0...Int.max), default: 0, "The spec that this status has seen."),
        ]
    }

    static let user = KindSchema(
        .user, "A person.",
        spec: [
            Field("first", .string, required: true, longest: 256, "First name."),
            Field("last", .string, required: true, longest: 256, "Last name."),
            Field("email", .string, required: true, longest: 256, "Mail address."),
            Field("organization", .string, required: true, longest: 256, "Institution."),
            Field("identity_id", .string, longest: 256, "Identity at the federated login."),
            Field("sshpubstring", .string, longest: 16_384, "OpenSSH public key line, for logging in to head nodes."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let project = KindSchema(
        .project, "People who share allocations.",
        spec: [
            Field("members", .list(.reference(.user)), default: [], "User names; the owner is always one."),
            Field("allocations", .list(.reference(.allocation)), default: [], "Allocations its requests may use."),
            Field("blueprints", .list(.string), default: [], "Kept for the original's clients."),
            Field("organization", .string, "Institution."),
            Field(
                "roles", .map(.word(ProjectRole.allCases.map(\.rawValue))), default: [:],
                "What members are, by name; one that is not named here is a member."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let resource = KindSchema(
        .resource, "A cluster or cloud on which people have accounts.",
        spec: [
            Field(
                "accesstype", .string, required: true, allowed: ["batch", "cloud", "local"], "What kind of site it is."),
            Field(
                "accessmethod", .string, required: true, allowed: ["ssh", "gsissh", "sshproxy", "local"],
                "How one logs in."),
            Field(
                "accessflavor", .string, required: true,
                allowed: [
                    "slurm", "sge", "condor", "pbs", "torque", "lsf", "kubernetes", "local", "condor-ce", "ec2", "nova",
                    "gce",
                ],
                "Its batch system."),
            Field("accesshost", .string, "Login host."),
            Field("accessport", .string, default: "22", "Port of the login host's SSH server."),
            Field("accessgateway", .string, "Hop host as [user@]host[:port], for two-hop logins."),
            Field("accesshostkey", .string, "Public host key line(s) of the login host, when known beforehand."),
            Field(
                "keytype", .string, allowed: keyTypes,
                "Kind of SSH keys that it demands; unset: ed25519. rsa has 4096 bits."),
            Field("batch", .object(batchFields), default: [:], "What its batch system is asked for."),
            Field("batchsettings", .map(.string), default: [:], "What is particular about its batch system, by name."),
            Field("maxpending", .integer(1...100_000), default: 100, "Most pilots waiting in the queue at once."),
            Field("maxpercycle", .integer(1...10_000), default: 50, "Most pilots submitted at a time."),
            Field("nodeinfo", .reference(.nodeinfo), required: true, "What one worker is like."),
            Field("scratchdir", .string, default: "/home/${USER}", "Scratch folder of an account."),
            Field("sandboxdir", .string, "Folder for job data at the site."),
            Field("gridresource", .string, "Endpoint of a cloud or grid."),
            Field("cloudspotprice", .string, "Highest price."),
            Field("cloudinstancetype", .string, "Instance type."),
            Field(
                "mfa", .boolean, default: false,
                "Whether logging in needs a second factor: the account's owner logs in, nobody else does."),
            Field(
                "sessionhours", .integer(1...8760),
                "With mfa: how long a login lasts at most; unset: as the site likes."),
            Field(
                "checkscript", .string, longest: 16_384,
                "Shell script that every worker runs as the account before it joins; it joins only after exit code 0."),
            Field("checktime", .integer(1...600), "Seconds that it may take; unset: 30."),
            Field("public", .boolean, default: false, "Whether every user sees it."),
            Field("pubtokendocurl", .string, "The site's page about installing SSH keys."),
            Field("organization", .string, "Institution."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let nodeinfo = KindSchema(
        .nodeinfo, "The size of one worker.",
        spec: [
            Field("cores", .integer(1...4096), default: 1, "Cores of a worker."),
            Field("memory_mb", .integer(64...67_108_864), default: 1024, "Memory of a worker, MiB."),
            Field("storage_mb", .integer(0...1_073_741_824), default: 1024, "Disk of a worker, MiB."),
            Field("native_os", .string, default: "unknown", "Operating system, e.g. centos:v7.4."),
            Field("features", .list(.string), default: [], "What else it has, e.g. singularity."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let allocation = KindSchema(
        .allocation, "A user's account at a resource.",
        spec: [
            Field("resource", .reference(.resource), required: true, "Where the account is."),
            Field("accountname", .string, required: true, "Unix account at the resource."),
            Field(
                "type", .string, default: "unlimited", allowed: ["unlimited", "quota", "cumulative", "limited"],
                "How it is limited."),
            Field("quantity", .integer(0...Int.max), "The limit."),
            Field("units", .string, "Unit of the limit."),
            Field("sectype", .string, allowed: ["ssh-rsa", "ssh-dsa", "ssh-ed25519", "x509"], "Kind of credential."),
            Field(
                "hostkey", .string, "Host key line that the owner vouches for; a changed host key is accepted only so."),
            Field("validate", .integer(0...Int.max), default: 0, "Raised by one to ask for a validation."),
            Field(
                "keytype", .string, allowed: keyTypes,
                "Kind of key to make for it; unset: what the resource demands. Counts from the next rotation on."),
            Field(
                "rotate", .integer(0...Int.max), default: 0, "Raised by one to ask for a new key in place of the old."),
            Field(
                "batch", .object(batchFields), default: [:],
                "What the batch system is asked for, before its resource's."
            ),
            Field("pubtokendocurl", .string, "The site's page about installing SSH keys."),
        ] + about,
        status: state(AllocationState.allCases.map(\.rawValue) + ["failure"]) + [
            Field("pubtoken", .string, "base64 of the public key line to install at the resource."),
            Field(
                "validate_observed", .integer(0...Int.max), default: 0, "The last validation asked for that was done."),
            Field("hostkey", .string, "Host key line recorded at first use."),
            Field("pubtoken_fingerprint", .string, "Kind and SHA-256 fingerprint of the public key."),
            Field(
                "hostkey_fingerprints", .list(.string), default: [],
                "Host, kind and SHA-256 fingerprint of each host key that is accepted."),
            Field("rotate_observed", .integer(0...Int.max), default: 0, "The last rotation asked for that was done."),
            Field("rotation", .object(rotationFields), "How far the rotation under way has come."),
        ],
        specWriters: [.user], statusWriters: [.master], finalizer: .master)

    static let containerTools = ["apptainer", "singularity", "podman", "docker"]

    /// Kinds of SSH keys by the names that `ssh-keygen -t` has for them.
    static let keyTypes = ["ed25519", "ecdsa", "rsa"]

    static let rotationFields: [Field] = [
        Field("request", .integer(0...Int.max), required: true, "The value of rotate that asked for it."),
        Field("step", .word(KeyRotation.Step.allCases.map(\.rawValue)), required: true, "What is to be done next."),
        Field("newkey", .string, required: true, "The new public key line."),
        Field("oldkeys", .list(.string), default: [], "Public key lines that the site must forget in the end."),
        Field("since", .timestamp, required: true, "When the step began."),
    ]

    static let nodeset = KindSchema(
        .nodeset, "A number of nodes with one role in a cluster.",
        spec: [
            Field("node_number", .integer(0...1_000_000), default: 1, "How many."),
            Field(
                "app_type", .string, required: true,
                allowed: [
                    "htcondor", "workqueue", "spark", "jupyter+htcondor", "jupyter+spark", "reana+htcondor",
                    "coffea+spark", "generic",
                ], "Middleware."),
            Field("app_role", .string, required: true, allowed: ["head-node", "worker-nodes"], "Role."),
            Field("app_port", .integer(1...65535), "Port of the middleware."),
            Field(
                "app_peaceful", .boolean, default: true, "Whether workers finish their jobs before they are retired."),
            Field(
                "app_draintime", .integer(0...31_536_000),
                "Seconds that a worker which is one too many may take to finish its jobs; unset: 3600."),
            Field("app_lingertime", .integer(0...31_536_000), "Seconds that an idle worker stays; unset: 7200."),
            Field("app_killorder", .string, allowed: ["newest", "oldest"], "Which workers go first; unset: newest."),
            Field("walltime", .integer(60...31_536_000), default: 86_400, "Longest life of a worker, seconds."),
            Field("nodeinfo", .reference(.nodeinfo), "Size wanted; unset: the resource's."),
            Field("environment", .reference(.environment), "Environment of these nodes."),
            Field(
                "batch", .object(batchFields), default: [:],
                "What batch systems are asked for, before the allocation's and the resource's."),
        ] + about,
        status: state(["new", "booting", "initializing", "running", "failure"]) + [
            Field("app_host", .string, "Address of the head node."),
            Field("app_port", .integer(1...65535), "Port of the head node's middleware."),
            Field("detail", .any, default: [:], "What the head node's provider needs to find and remove it again."),
            Field(
                "revoked", .map(.timestamp), default: [:],
                "Pilots that the head node was made to refuse, and since when."),
        ],
        specWriters: [.user, .master], statusWriters: [.master], finalizer: nil)

    static let cluster = KindSchema(
        .cluster, "A template: the nodesets that make a virtual cluster.",
        spec: [
            Field("nodesets", .list(.reference(.nodeset)), default: [], "Node sets, in order."),
            Field("public", .boolean, default: false, "Whether every user sees it."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let environment = KindSchema(
        .environment, "Software and variables of workers.",
        spec: [
            Field("packagelist", .list(.string), default: [], "Packages, each pkg[:min[:max]]."),
            Field("envmap", .map(.string), default: [:], "Environment variables."),
            Field("files", .map(.string), default: [:], longest: SizeLimits.part, "Files by name, base64."),
            Field("command", .string, "Kept for the original's clients."),
            Field("required_os", .string, "Operating system, name[:min[:max]]."),
            Field("builder_extra_args", .list(.string), default: [], "Further arguments of the builder."),
            Field(
                "containertool", .string, allowed: containerTools,
                "The container program that must work on a worker before it joins."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let policy = KindSchema(
        .policy, "How workers are spread over allocations.",
        spec: [Field("pluginname", .string, required: true, "Name of the policy.")] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let request = KindSchema(
        .request, "A virtual cluster that somebody wants.",
        spec: [
            Field("project", .reference(.project), required: true, "On whose allocations it runs."),
            Field("cluster", .reference(.cluster), required: true, "What it is made of."),
            Field(
                "policy", .string, default: "static-balanced", allowed: ["static-balanced"], "How workers are spread."),
            Field(
                "allocations", .list(.reference(.allocation)), default: [],
                "Allocations, in order; the last gets the rest."),
            Field("environments", .list(.reference(.environment)), default: [], "Environments of all workers."),
            Field(
                "headnode", .string, default: "local", "Head node provider: local, or the name of a configured host."),
            Field("expiration", .timestamp, "When it ends by itself; unset: never."),
            Field("action", .string, default: "run", allowed: ["new", "run", "terminate"], "What its owner wants."),
            Field(
                "revokedpilots", .list(.mention(.pilot)), default: [],
                "Pilots whose tokens the head node is to refuse, and which are to end at once."),
            Field("organization", .string, "Institution."),
        ] + about,
        status: state(RequestState.allCases.map(\.rawValue)) + [
            Field("headnode", .string, "Name of the head node's nodeset."),
            Field("headnode_provider", .string, "Which provider made the head node and removes it."),
            Field(
                "statusinfo", .map(.any), default: [:],
                "Counts by nodeset: running, idle, error, node_number, requested."),
            Field("workers_joined", .integer(0...Int.max), default: 0, "Workers that the head node sees."),
            Field("nodesets", .list(.string), default: [], "Node sets that were started."),
            Field("pilotsets", .list(.string), default: [], "Pilot sets that were made, for tearing down."),
            Field("timeline", .map(.timestamp), default: [:], "When each step was first reached."),
        ],
        specWriters: [.user], statusWriters: [.master], finalizer: .master)

    static let provisioner = KindSchema(
        .provisioner, "A factory that announced itself.",
        spec: [
            Field("type", .string, default: "vc3-factory", "What it is."), Field("authconfig", .string, "Original."),
            Field("queuesconf", .string, "Original."),
        ] + about,
        status: state + [
            Field("version", .string, longest: 128, "Its release."),
            Field("host", .string, longest: 253, "Where it runs."),
            Field("since", .timestamp, "When it began to work."),
            Field("heartbeat", .timestamp, "When it last told how it does."),
            Field("interval", .integer(1...86_400), "Seconds from one heartbeat to the next."),
            Field("pilots", .map(.integer(0...Int.max)), default: [:], "How many pilots it has, by state."),
            Field("sites", .list(.string), default: [], "Where it has pilots or is to have some, account@host."),
            Field("trouble", .string, "What last went wrong at a site, while it does."),
        ], specWriters: [.factory], statusWriters: [.factory])

    static let privatetoken = KindSchema(
        .privatetoken, "A secret that pilots' sites or head nodes need.",
        spec: [
            Field("data", .string, required: true, secret: true, "base64 of the secret."),
            Field(
                "type", .string, required: true,
                "What the secret is: ssh, pool-signing-key, x509-proxy (PEM), token (a JSON web token)."),
        ] + about,
        status: state + [
            Field("expires", .timestamp, "When it ends, if it says so: a proxy's or token's last moment.")
        ],
        specWriters: [.user, .master], statusWriters: [.factory], secretReaders: [.factory])

    static let pairing = KindSchema(
        .pairing, "A party that is to get a certificate: its first one by a code, or a new one for the same key.",
        spec: [
            Field("cn", .string, required: true, longest: 200, "The name that the certificate is to have."),
            Field(
                "role", .word(Pairing.roles),
                "What the party is. Unset: as the original asked; a user's certificate and a key that is made for it."),
            Field("hosts", .list(.string), default: [], longest: 253, "Further DNS names and addresses."),
            Field("expires", .timestamp, "Until when the code may be used; unset: an hour."),
            Field("codehash", .string, longest: 128, secret: true, "SHA-256 of the code's secret, in hexadecimal."),
            Field("pairingcode", .string, longest: 512, secret: true, "The original's code, beginning with the cn."),
            Field(
                "renews", .boolean, default: false, "Whether the party has a certificate already; the server writes it."
            ),
            Field(
                "serial", .string, longest: 128,
                "The number of the certificate that is renewed, in hexadecimal; the server writes it."),
            Field(
                "csr", .string, longest: 16_384,
                "The signing request of whoever came with the code, PEM; the server writes it."),
            Field("tries", .integer(0...1000), default: 0, "Wrong codes that were tried; the server writes it."),
        ] + about,
        status: state(["new", "claimed", "paired", "expired", "refused"]) + [
            Field("cert", .string, "base64 of the certificate and the authority that signed it, PEM."),
            Field("key", .string, secret: true, "base64 of the key; only where no role is given."),
        ],
        specWriters: [.admin], statusWriters: [.master], deleters: [.master])

    static let pilotset = KindSchema(
        .pilotset, "How many pilots one allocation runs for one nodeset of one request.",
        spec: [
            Field("request", .mention(.request), required: true, "The virtual cluster."),
            Field("nodeset", .mention(.nodeset), required: true, "Its nodeset."),
            Field("allocation", .mention(.allocation), required: true, "Where the pilots run."),
            Field("wanted", .integer(0...1_000_000), default: 0, "How many pilots to keep alive."),
            Field("middleware", .string, required: true, "What the pilots run, e.g. htcondor."),
            Field("cores", .integer(1...4096), default: 1, "Cores of one worker."),
            Field("memory_mb", .integer(64...67_108_864), default: 1024, "Memory of one worker, MiB."),
            Field("storage_mb", .integer(0...1_073_741_824), default: 1024, "Disk of one worker, MiB."),
            Field("walltime", .integer(60...31_536_000), default: 86_400, "Longest life of a pilot, seconds."),
            Field("lingertime", .integer(0...31_536_000), default: 7200, "Seconds that an idle worker stays."),
            Field("killorder", .string, default: "newest", allowed: ["newest", "oldest"], "Which go first."),
            Field("peaceful", .boolean, default: true, "Whether workers finish their jobs first."),
            Field(
                "draintime", .integer(0...31_536_000), default: 3600,
                "Seconds that a worker which is one too many may take for that."),
            Field("maxpending", .integer(1...100_000), default: 100, "Most pilots waiting in the queue."),
            Field("maxpercycle", .integer(1...10_000), default: 50, "Most pilots submitted at a time."),
            Field("environment", .map(.string), default: [:], "Environment variables of the workers."),
            Field("batch", .object(batchFields), default: [:], "What the batch system is asked for."),
            Field(
                "site", .object(siteFields), required: true, "The site, copied so that tearing down needs nothing else."
            ),
            Field("headnode", .object(headNodeFields), "The pool to join; unset while there is none."),
            Field(
                "revoked", .list(.mention(.pilot)), default: [],
                "Pilots that end at once and get no further token, whichever set they are of."),
            Field("asked", .integer(0...1_000_000), "Workers that the nodeset asks for, over all allocations."),
            Field("policy", .string, "What decided how many of those this allocation is to give."),
            Field("checkscript", .string, longest: 16_384, "The resource's own check of a worker."),
            Field("checktime", .integer(1...600), "Seconds that it may take; unset: 30."),
            Field(
                "containertool", .string, allowed: containerTools,
                "The container program that must work on a worker before it joins."),
        ],
        status: state + [
            Field("submitting", .integer(0...Int.max), default: 0, "Pilots whose submission is under way."),
            Field("pending", .integer(0...Int.max), default: 0, "Pilots in the site's queue."),
            Field("running", .integer(0...Int.max), default: 0, "Pilots running."),
            Field("retiring", .integer(0...Int.max), default: 0, "Pilots being ended."),
            Field("done", .integer(0...Int.max), default: 0, "Pilots ended normally, ever."),
            Field("failed", .integer(0...Int.max), default: 0, "Pilots ended badly, ever."),
            Field("expired", .integer(0...Int.max), default: 0, "Pilots that lived for all of their walltime, ever."),
            Field("vanished", .integer(0...Int.max), default: 0, "Pilots whose end nobody saw, ever."),
            Field("first_submit", .timestamp, "When the site first took a pilot."),
            Field("explanation", .list(.string), default: [], "Why there are as many as there are, rule by rule."),
            Field("last_errors", .list(.string), default: [], "The last few errors, newest first."),
            Field("factory", .string, "Which factory runs it."),
            Field(
                "key_in_use", .string, "Kind and fingerprint of the key that the factory last reached the site with."),
            Field("traffic", .object(trafficFields), "What the account at the site has been asked to do lately."),
            Field("chain", .list(.object(chainFields)), default: [], "From the wish to workers, step by step."),
            Field(
                "shunned", .list(.object(shunnedFields)), default: [],
                "Nodes that get no pilots for a while, because they fail there and not elsewhere."),
        ],
        specWriters: [.master], statusWriters: [.factory], finalizer: .factory)

    /// ``SiteTraffic``.
    static let trafficFields: [Field] = [
        Field("commands", .integer(0...Int.max), default: 0, "Commands in the minute before measured."),
        Field("scheduler_commands", .integer(0...Int.max), default: 0, "Those that ask the batch system."),
        Field("budget", .integer(0...Int.max), default: 0, "Most commands a minute, over time."),
        Field("wait", .integer(0...Int.max), default: 0, "Seconds until the budget covers the next command."),
        Field("way", .string, required: true, "shell: one that stays; sessions: one for each command; local: no SSH."),
        Field("spool", .string, required: true, "followed: pilots' events come at once; none, and why."),
        Field("measured", .timestamp, required: true, "When."),
    ]

    /// ``BatchOptions``.
    static let batchFields: [Field] = [
        Field("queue", .string, "Partition or queue; unset: the site's default."),
        Field("account", .string, "Account or project that is charged."),
        Field("qos", .string, "Quality of service."),
        Field("reservation", .string, "Reservation."),
        Field("constraint", .string, "Which nodes, in the batch system's own language."),
        Field("wholenode", .boolean, "Whether a worker has its node for itself."),
        Field("gpus", .integer(0...1024), "GPUs of one worker."),
        Field("cores", .integer(1...4096), "Cores of one worker, in place of the nodeinfo's."),
        Field("memory_mb", .integer(64...67_108_864), "Memory of one worker, MiB, in place of the nodeinfo's."),
        Field("walltime", .integer(60...31_536_000), "Longest life of a worker, seconds; the shortest given holds."),
        Field("submitargs", .list(.string), "Directives of the batch system, each one element."),
    ]

    static let siteFields: [Field] = [
        Field("resource", .string, required: true, "Name of the resource."),
        Field("type", .string, required: true, "batch or local."),
        Field("method", .string, required: true, "ssh or local."),
        Field("flavor", .string, required: true, "Batch system."),
        Field("host", .string, "Login host."),
        Field("port", .integer(1...65535), default: 22, "Its port."),
        Field("gateway", .string, "Hop host as [user@]host[:port]."),
        Field("account", .string, required: true, "Account there."),
        Field("hostkey", .string, "Pinned host key line."),
        Field("settings", .map(.string), "What is particular about its batch system."),
        Field("privatetoken", .string, "Name of the private token that logs in."),
        Field("keyfingerprint", .string, "Kind and fingerprint of the key in it; when it changes, it is read again."),
        Field("mfa", .boolean, "Whether a person logs in, by a sitelogin."),
    ]

    static let headNodeFields: [Field] = [
        Field("collector", .string, required: true, "host:port to join."),
        Field("trustdomain", .string, required: true, "Trust domain of its tokens."),
        Field("privatetoken", .string, required: true, "Name of the private token that holds the pool's signing key."),
    ]

    static let lease = KindSchema(
        .lease, "Who may act, and until when.",
        spec: [
            Field("holder", .string, required: true, "Who holds it; empty when it was given up."),
            Field("expires", .timestamp, required: true, "Until when, for people: contenders go by their own clocks."),
            Field("renewed", .integer(0...Int.max), default: 0, "How often its holder has written it."),
            Field(
                "fence", .integer(1...Int.max),
                "The revision at which its holder took it, noted when renewing; until then that is its own revision."),
            Field(
                "term", .integer(1...3600),
                "For how many seconds it holds after each write, where that is not always the same."),
        ],
        status: state, specWriters: [.master, .factory], statusWriters: [.master, .factory])

    static let event = KindSchema(
        .event, "What happened to an entity.",
        spec: [
            Field("about", .string, required: true, "kind/name of the entity."),
            Field("reason", .string, required: true, "One word."),
            Field("message", .string, required: true, "A sentence."),
            Field("count", .integer(1...Int.max), default: 1, "How often."),
            Field("last", .timestamp, "When last."),
        ],
        status: state, specWriters: [.master, .factory], statusWriters: [.master, .factory])

    static let usage = KindSchema(
        .usage, "What an allocation gave in a day.",
        spec: [
            Field("allocation", .mention(.allocation), required: true, "Allocation."),
            Field("day", .string, required: true, "YYYY-MM-DD."),
            Field("node_seconds", .integer(0...Int.max), default: 0, "Seconds times workers."),
        ],
        status: state, specWriters: [.factory], statusWriters: [.factory])

    static let authority = KindSchema(
        .authority, "A certificate authority as others need it: whom to trust, and what it has taken back.",
        spec: [],
        status: state + [
            Field("chain", .string, "PEM of its certificates, the root first."),
            Field("crl", .string, longest: SizeLimits.revocationList, "PEM of its revocation list."),
            Field("crlnumber", .integer(0...Int.max), "Number of that list: higher for every newer one."),
            Field("thisupdate", .timestamp, "When that list was made."),
            Field("nextupdate", .timestamp, "When there will be a newer one at the latest."),
            Field("revoked", .integer(0...Int.max), default: 0, "How many certificates are on it."),
        ],
        specWriters: [.master], statusWriters: [.master], largestStatus: SizeLimits.revocationList + SizeLimits.part)
}
