import X509

/// The parts of a certificate subject that a site configures, and the common name.
public struct SubjectName: Hashable, Sendable {
    /// ISO 3166 code of two letters.
    public var country: String?
    public var state: String?
    public var organization: String?
    public var organizationalUnit: String?
    public var commonName: String?
    public var email: String?

    public init(
        country: String? = nil, state: String? = nil, organization: String? = nil, organizationalUnit: String? = nil,
        commonName: String? = nil, email: String? = nil
    ) {
        self.country = country
        self.state = state
        self.organization = organization
        self.organizationalUnit = organizationalUnit
        self.commonName = commonName
        self.email = email
    }

    /// The longest common name that a certificate may carry (`ub-common-name`, RFC 5280, appendix A.1).
    public static let commonNameLimit = 64

    func distinguishedName() throws -> DistinguishedName {
        try DistinguishedName {
            if let country { CountryName(country) }
            if let state { StateOrProvinceName(state) }
            if let organization { OrganizationName(organization) }
            if let organizationalUnit { OrganizationalUnitName(organizationalUnit) }
            if let commonName, commonName.unicodeScalars.count <= Self.commonNameLimit { CommonName(commonName) }
            if let email { EmailAddress(email) }
        }
    }
}
