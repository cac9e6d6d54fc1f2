/// The name under which one pool's identities and tokens are valid: `TRUST_DOMAIN` and `UID_DOMAIN` of its daemons.
///
/// HTCondor offers a token only to a collector of the same trust domain, so pools that share a machine keep apart.
public struct TrustDomain: Sendable, Hashable, CustomStringConvertible {
    public let name: String

    /// Nil unless the name is one that means the same in a configuration file, a token and an identity:
    /// ASCII letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 200 bytes.
    public init?(_ name: String) {
        guard let first = name.utf8.first, first.isLetterOrDigit, name.utf8.count <= 200,
            name.utf8.allSatisfy(\.isDomainByte)
        else { return nil }
        self.name = name
    }

    /// The trust domain of the virtual cluster of that name: `<cluster>.vc3`.
    ///
    /// Characters that a domain cannot have become `-`. Two clusters may then share a name here, which is harmless:
    /// every cluster has a signing key of its own, and that is what decides.
    public init(cluster: String) {
        var bytes = cluster.utf8.prefix(190).map { $0.isDomainByte ? $0 : UInt8(ascii: "-") }
        if bytes.first?.isLetterOrDigit != true { bytes.insert(UInt8(ascii: "c"), at: 0) }
        name = String(decoding: bytes, as: UTF8.self) + ".vc3"
    }

    /// The pool's name for an account: `user@domain`.
    public func identity(of user: String) -> String { user + "@" + name }

    /// Who a pilot is in this pool: it may advertise slots and nothing else, and can be refused alone.
    ///
    /// Pilots have a domain of their own, so that no account of the head node can pass for one, nor the other way round.
    public func identity(ofPilot name: String) -> String { "\(name)@\(pilotDomain)" }

    /// HTCondor's pattern for all pilots.
    var everyPilot: String { "*@\(pilotDomain)" }

    private var pilotDomain: String { "pilots." + name }

    public var description: String { name }
}

extension UInt8 {
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    var isDomainByte: Bool {
        isLetterOrDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
    }
}
