public import VC3Certificates

/// What an authority decides about every certificate by itself.
public struct IssuingPolicy: Sendable {
    /// The parts of the subject that all certificates share.
    public var site: SubjectName
    /// The kind of key for root and intermediate.
    public var authorityKey: KeyKind
    /// The kind of key for hosts, users and components.
    public var leafKey: KeyKind
    /// How long certificates of hosts, users and components are valid.
    public var lifetime: Duration

    public init(
        site: SubjectName = SubjectName(), authorityKey: KeyKind = .p256, leafKey: KeyKind = .p256,
        lifetime: Duration = .days(375)
    ) {
        self.site = site
        self.authorityKey = authorityKey
        self.leafKey = leafKey
        self.lifetime = lifetime
    }
}
