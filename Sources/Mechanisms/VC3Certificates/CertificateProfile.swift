/// What a kind of certificate promises: whom it names, what it may be used for, and for how long. A value; signing
/// happens in ``CertificateIssuer``.
public struct CertificateProfile: Hashable, Sendable {
    /// What the key of the certificate may do.
    public enum Usage: Hashable, Sendable {
        /// Sign certificates and revocation lists, with at most this many authorities below.
        case authority(pathLength: Int)
        /// Both ends of TLS: the services present the same certificate when they call each other.
        case service
        /// The client end of TLS only.
        case client
    }

    public var subject: SubjectName
    public var alternativeNames: [AlternativeName]
    public var usage: Usage
    public var lifetime: Duration
    /// What an authority may certify; without meaning for others.
    public var limits = NamingLimits.none

    public init(subject: SubjectName, alternativeNames: [AlternativeName], usage: Usage, lifetime: Duration) {
        self.subject = subject
        self.alternativeNames = alternativeNames
        self.usage = usage
        self.lifetime = lifetime
    }

    /// The top of the hierarchy; may sign one level of authorities.
    public static func root(_ subject: SubjectName, lifetime: Duration = .days(7300)) -> Self {
        Self(subject: subject, alternativeNames: [], usage: .authority(pathLength: 1), lifetime: lifetime)
    }

    /// The authority that signs everything else; may sign no authority.
    public static func intermediate(
        _ subject: SubjectName, limits: NamingLimits = .none, lifetime: Duration = .days(3650)
    ) -> Self {
        var profile = Self(
            subject: subject, alternativeNames: [], usage: .authority(pathLength: 0), lifetime: lifetime)
        profile.limits = limits
        return profile
    }

    /// A machine: serves and calls under its host name (or address), and is `vc3://host/<name>` to other parties.
    public static func host(
        _ name: String, alsoKnownAs extraNames: [AlternativeName] = [], within site: SubjectName = SubjectName(),
        lifetime: Duration = .days(375)
    ) throws -> Self {
        try component(
            CertificateIdentity(role: "host", name: name), alsoKnownAs: [AlternativeName(host: name)] + extraNames,
            within: site, lifetime: lifetime)
    }

    /// A part of VC3: serves under the extra names, and is `vc3://<role>/<name>` to other parties.
    public static func component(
        _ identity: CertificateIdentity, alsoKnownAs extraNames: [AlternativeName] = [],
        within site: SubjectName = SubjectName(), lifetime: Duration = .days(375)
    ) throws -> Self {
        leaf(identity, extraNames: extraNames, site: site, usage: .service, lifetime: lifetime)
    }

    /// A person: calls only, and is `vc3://user/<name>` to other parties.
    public static func user(
        _ name: String, within site: SubjectName = SubjectName(), lifetime: Duration = .days(375)
    ) throws -> Self {
        leaf(
            try CertificateIdentity(role: "user", name: name), extraNames: [], site: site, usage: .client,
            lifetime: lifetime)
    }

    /// What the identity's role makes of it: `host` and `user` as ``host(_:alsoKnownAs:within:lifetime:)`` and
    /// ``user(_:within:lifetime:)``, every other role a component.
    public static func of(
        _ identity: CertificateIdentity, alsoKnownAs extraNames: [AlternativeName] = [],
        within site: SubjectName = SubjectName(), lifetime: Duration = .days(375)
    ) throws -> Self {
        switch identity.role {
        case "host": try host(identity.name, alsoKnownAs: extraNames, within: site, lifetime: lifetime)
        case "user": try user(identity.name, within: site, lifetime: lifetime)
        default: try component(identity, alsoKnownAs: extraNames, within: site, lifetime: lifetime)
        }
    }

    private static func leaf(
        _ identity: CertificateIdentity, extraNames: [AlternativeName], site: SubjectName, usage: Usage,
        lifetime: Duration
    ) -> Self {
        var subject = site
        subject.commonName = identity.name
        var names: [AlternativeName] = []
        for name in extraNames.map(\.canonical) + [.uri(identity.uri)] where !names.contains(name) {
            names.append(name)
        }
        return Self(subject: subject, alternativeNames: names, usage: usage, lifetime: lifetime)
    }
}

extension Duration {
    /// Days of 86 400 seconds.
    public static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
