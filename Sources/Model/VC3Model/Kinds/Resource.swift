/// A cluster or cloud on which people have accounts. Fields: ``KindSchema``.
public enum Resource: EntityType {
    public static let kind = EntityKind.resource

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var accesstype: String
        public var accessmethod: String
        public var accessflavor: String
        public var accesshost: String?
        public var accessport: String
        public var accessgateway: String?
        public var accesshostkey: String?
        public var keytype: String?
        public var batch: BatchOptions
        public var batchsettings: [String: String]
        public var maxpending: Int
        public var maxpercycle: Int
        public var nodeinfo: String
        public var mfa: Bool
        public var sessionhours: Int?
        public var checkscript: String?
        public var checktime: Int?

        public init(
            accesstype: String, accessmethod: String, accessflavor: String, accesshost: String? = nil,
            accessport: String = "22", accessgateway: String? = nil, accesshostkey: String? = nil,
            keytype: String? = nil, batch: BatchOptions = BatchOptions(), batchsettings: [String: String] = [:],
            maxpending: Int = 100, maxpercycle: Int = 50, nodeinfo: String, mfa: Bool = false,
            sessionhours: Int? = nil, checkscript: String? = nil, checktime: Int? = nil
        ) {
            self.accesstype = accesstype
            self.accessmethod = accessmethod
            self.accessflavor = accessflavor
            self.accesshost = accesshost
            self.accessport = accessport
            self.accessgateway = accessgateway
            self.accesshostkey = accesshostkey
            self.keytype = keytype
            self.batch = batch
            self.batchsettings = batchsettings
            self.maxpending = maxpending
            self.maxpercycle = maxpercycle
            self.nodeinfo = nodeinfo
            self.mfa = mfa
            self.sessionhours = sessionhours
            self.checkscript = checkscript
            self.checktime = checktime
        }
    }

    public typealias Status = PlainStatus
}
