/// What a resource must say to be of use as a site of pilots.
public enum SiteRules {
    /// The command that each batch system's submitting host has.
    public static func submitCommand(flavor: String) -> String? {
        BatchSystemFlavor(name: flavor)?.submitCommand
    }

    public static func isLocal(_ resource: Resource.Spec) -> Bool {
        resource.accessmethod == "local" || resource.accesstype == "local"
    }

    /// Whether only a person can log in, by a ``SiteLogin``.
    public static func needsPerson(_ resource: Resource.Spec) -> Bool { resource.mfa && !isLocal(resource) }

    public static func problems(with resource: Entity<Resource>) -> [String] {
        let spec = resource.spec
        var problems: [String] = []
        if spec.accesstype == "cloud" {
            problems.append("resource \(resource.name) is a cloud, which has no worker support in this release")
        }
        if !isLocal(spec) {
            if spec.accessmethod != "ssh" {
                problems.append(
                    "access method \(spec.accessmethod) of resource \(resource.name) is not supported in this release; use ssh"
                )
            }
            if spec.accesshost?.isEmpty ?? true {
                problems.append("resource \(resource.name) names no accesshost")
            }
            if spec.mfa, !(spec.accessgateway?.isEmpty ?? true) {
                problems.append(
                    "resource \(resource.name) has mfa and an accessgateway, which together are not supported in this release"
                )
            }
            if port(of: spec) == nil {
                problems.append(
                    "accessport \(spec.accessport) of resource \(resource.name) is not a port number from 1 to 65535")
            }
        }
        if BatchSystemFlavor(name: spec.accessflavor) == nil {
            problems.append(
                "batch system \(spec.accessflavor) of resource \(resource.name) is not supported in this release")
        }
        return problems
    }

    public static func port(of resource: Resource.Spec) -> Int? {
        Int(resource.accessport).flatMap { (1...65535).contains($0) ? $0 : nil }
    }

    /// The kind of key to make for an allocation, in `ssh-keygen`'s words: what its owner asks for, else what the
    /// resource's owner demands, else Ed25519.
    public static func keyType(of allocation: Allocation.Spec, at resource: Resource.Spec) -> String {
        if let type = allocation.keytype { return type }
        switch allocation.sectype {
        case "ssh-rsa": return "rsa"
        case "ssh-ed25519": return "ed25519"
        default: return resource.keytype ?? "ed25519"
        }
    }

    /// The host key line that holds for an allocation: what its owner vouches for, else what the resource's owner
    /// published, else what was recorded at first use.
    public static func hostKey(of allocation: Entity<Allocation>, at resource: Entity<Resource>) -> String? {
        [allocation.spec.hostkey, resource.spec.accesshostkey, allocation.status.hostkey]
            .compactMap { $0 }.first { !$0.isEmpty }
    }
}
