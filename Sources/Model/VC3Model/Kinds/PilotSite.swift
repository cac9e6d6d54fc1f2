/// The site of a pilot set, copied from resource and allocation so that tearing down needs nothing else.
public struct PilotSite: Codable, Sendable, Hashable {
    public var resource: String
    public var type: String
    public var method: String
    public var flavor: String
    public var host: String?
    public var port: Int
    public var gateway: String?
    public var account: String
    public var hostkey: String?
    public var settings: [String: String]?
    public var privatetoken: String?
    public var keyfingerprint: String?
    public var mfa: Bool?

    public init(
        resource: String, type: String, method: String, flavor: String, host: String? = nil, port: Int = 22,
        gateway: String? = nil, account: String, hostkey: String? = nil, settings: [String: String]? = nil,
        privatetoken: String? = nil, keyfingerprint: String? = nil, mfa: Bool? = nil
    ) {
        self.resource = resource
        self.type = type
        self.method = method
        self.flavor = flavor
        self.host = host
        self.port = port
        self.gateway = gateway
        self.account = account
        self.hostkey = hostkey
        self.settings = settings
        self.privatetoken = privatetoken
        self.keyfingerprint = keyfingerprint
        self.mfa = mfa
    }

    /// Where pilots of the allocation run.
    public init(of allocation: Entity<Allocation>, at resource: Entity<Resource>) {
        let isLocal = SiteRules.isLocal(resource.spec)
        self.init(
            resource: resource.name, type: resource.spec.accesstype,
            method: isLocal ? "local" : resource.spec.accessmethod,
            flavor: resource.spec.accessflavor, host: resource.spec.accesshost,
            port: SiteRules.port(of: resource.spec) ?? 22, gateway: resource.spec.accessgateway,
            account: allocation.spec.accountname, hostkey: SiteRules.hostKey(of: allocation, at: resource),
            settings: resource.spec.batchsettings.isEmpty ? nil : resource.spec.batchsettings,
            privatetoken: isLocal ? nil : allocation.name,
            keyfingerprint: isLocal ? nil : allocation.status.pubtoken_fingerprint,
            mfa: SiteRules.needsPerson(resource.spec) ? true : nil)
    }
}
