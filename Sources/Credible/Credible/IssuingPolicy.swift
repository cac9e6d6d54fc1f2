public import VC3Certificates

/// What an authority decides about every certificate by itself.
public struct IssuingPolicy: Sendable {
    /// The parts of the subject that all certificates share.
    public var site: SubjectName
    /// The kind of key for root and intermediate.
    public var authorityKey: KeyKind
    /// The kind of key for hosts and components.
    public var hostKey: KeyKind
    /// The kind of key for users.
    public var userKey: KeyKind
    /// The kind of key for the SSH authorities.
    public var sshAuthorityKey: KeyKind
    /// How long certificates of hosts, users and components are valid.
    public var lifetime: Duration
    /// What the intermediate may certify. ``NamingLimits/none`` leaves an intermediate with limits as it is.
    public var limits: NamingLimits

    public init(
        site: SubjectName = SubjectName(), authorityKey: KeyKind = .p256, hostKey: KeyKind = .p256,
        userKey: KeyKind = .p256, sshAuthorityKey: KeyKind = .ed25519, lifetime: Duration = .days(375),
        limits: NamingLimits = .none
    ) {
        (self.site, self.lifetime, self.limits) = (site, lifetime, limits)
        (self.authorityKey, self.hostKey, self.userKey) = (authorityKey, hostKey, userKey)
        self.sshAuthorityKey = sshAuthorityKey
    }
}
