public import InfoserviceAPI
public import VC3Model

extension EntityDraft {
    /// The smallest nodeinfo: a kind that users write, without a finalizer.
    public static func sampleNodeinfo(_ name: String, owner: String? = nil, cores: Int = 1) -> EntityDraft {
        EntityDraft(kind: .nodeinfo, name: name, owner: owner, spec: ["cores": .integer(cores)])
    }

    /// A public resource at which a command would find this machine.
    public static func sampleResource(_ name: String, owner: String? = nil, nodeinfo: String) -> EntityDraft {
        EntityDraft(
            kind: .resource, name: name, owner: owner,
            spec: [
                "accesstype": "local", "accessmethod": "local", "accessflavor": "local", "public": true,
                "nodeinfo": .string(nodeinfo),
            ])
    }

    /// A valid allocation at resource `midway`: a kind that the Master tears down.
    public static func sampleAllocation(_ name: String, owner: String? = nil) -> EntityDraft {
        EntityDraft(
            kind: .allocation, name: name, owner: owner, spec: ["resource": "midway", "accountname": "ana"])
    }

    public static func sampleUser(_ name: String) -> EntityDraft {
        EntityDraft(
            kind: .user, name: name,
            spec: [
                "first": .string(name), "last": "Lima", "email": .string(name + "@example.edu"),
                "organization": "Example University",
            ])
    }

    /// A nodeset of HTCondor workers.
    public static func sampleNodeset(_ name: String, owner: String? = nil) -> EntityDraft {
        EntityDraft(
            kind: .nodeset, name: name, owner: owner, spec: ["app_type": "htcondor", "app_role": "worker-nodes"])
    }

    /// A request in project `trees` with cluster `pool`.
    public static func sampleRequest(_ name: String, allocations: [String]) -> EntityDraft {
        EntityDraft(
            kind: .request, name: name,
            spec: [
                "project": "trees", "cluster": "pool", "allocations": .array(allocations.map { .string($0) }),
            ])
    }

    public static func sampleProject(_ name: String, owner: String? = nil) -> EntityDraft {
        EntityDraft(kind: .project, name: name, owner: owner, spec: ["members": []])
    }

    /// A private token; `secret` is its data.
    public static func samplePrivateToken(_ name: String, owner: String? = nil, secret: String) -> EntityDraft {
        EntityDraft(kind: .privatetoken, name: name, owner: owner, spec: ["data": .string(secret), "type": "ssh"])
    }
}

extension Identity {
    public static let admin = Identity(role: .admin, name: "root")
    public static let ana = Identity(role: .user, name: "ana")
    public static let eve = Identity(role: .user, name: "eve")
    public static let ben = Identity(role: .user, name: "ben")
    public static let master = Identity(role: .master, name: "master")
    public static let factory = Identity(role: .factory, name: "factory")
}
