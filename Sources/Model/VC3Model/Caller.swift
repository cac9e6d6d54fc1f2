/// Who is asking, through whom, and from where.
///
/// Rights are those of ``identity`` alone. When the portal acts for a user, that is the user; the portal is named
/// beside, so that a record of what happened can name both.
public struct Caller: Sendable, Hashable, CustomStringConvertible {
    /// Whose rights count.
    public let identity: Identity
    /// The portal that acts for them; `nil` when they came themselves.
    public let portal: Identity?
    /// The network address that the request came from; `nil` inside the process.
    public let address: String?

    /// - Parameters:
    ///   - identity: Who the certificate names.
    ///   - address: Where the request came from.
    public init(_ identity: Identity, address: String? = nil) {
        self.identity = identity
        self.portal = nil
        self.address = address
    }

    private init(_ identity: Identity, portal: Identity, address: String?) {
        self.identity = identity
        self.portal = portal
        self.address = address
    }

    /// The same caller with the rights of a user and no others.
    ///
    /// - Throws: ``VC3Error`` `forbidden` for all but the portal, `invalid` for what cannot be a user's name.
    public func acting(for user: String) throws -> Caller {
        guard identity.role == .portal, portal == nil else {
            throw VC3Error(.forbidden, "\(identity) may not act for user \(user): only the portal acts for users")
        }
        if let problem = EntityName.problem(with: user) {
            throw VC3Error(
                .invalid, "the portal named a user that cannot be",
                problems: [.init(field: "VC3-Acting-For", problem: problem)])
        }
        return Caller(Identity(role: .user, name: user), portal: identity, address: address)
    }

    public var description: String { portal.map { "\(identity) through \($0)" } ?? "\(identity)" }
}
