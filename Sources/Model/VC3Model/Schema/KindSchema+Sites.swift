/// Where pilots run, and as whom.
extension KindSchema {
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
}
