public import InfoserviceAPI
public import VC3Model

extension EntityDraft {
    /// The smallest nodeinfo: a kind that users write, without a finalizer.
    public static func sampleNodeinfo(_ name: String, owner: String? = nil, cores: Int = 1) -> EntityDraft {
        EntityDraft(kind: .nodeinfo, name: name, owner: owner, spec: ["cores": .integer(cores)])
    }

    /// A valid allocation: a kind that the Master tears down.
    public static func sampleAllocation(_ name: String, owner: String? = nil) -> EntityDraft {
        EntityDraft(
            kind: .allocation, name: name, owner: owner, spec: ["resource": "midway", "accountname": "ana"])
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
    public static let ben = Identity(role: .user, name: "ben")
    public static let master = Identity(role: .master, name: "master")
    public static let factory = Identity(role: .factory, name: "factory")
}
