public import InfoserviceAPI
public import InfoserviceStore
public import VC3Certificates
import VC3Model
import VC3Transport

/// A party that has a certificate, and asks for another one for the names in it.
///
/// For a process that holds the store: its own host certificate, for instance, whose role has no other business here.
public struct Renewal: CertificateRenewing {
    let engine: EntityStore
    let party: CertificateIdentity
    let hosts: [AlternativeName]
    let origin: String?
    /// Of the present certificate.
    let serial: String
    var patience = Duration.seconds(20)

    /// So many requests of one party may be open, answered ones included until their time is over.
    static let most = 20
    /// For which a request waits for the Master.
    private static let lifetime = Duration.seconds(900)

    /// - Parameter certificate: The present one.
    /// - Throws: ``VC3Error`` `invalid` when it names nobody.
    public init(of certificate: CertificateDocument, on engine: EntityStore) throws {
        guard let party = certificate.identity else {
            throw VC3Error(
                .invalid, "the certificate \(certificate.serial) carries no name of the form vc3://<role>/<name>")
        }
        self.init(
            engine: engine, party: party,
            hosts: certificate.alternativeNames.filter { if case .uri = $0 { false } else { true } }, origin: nil,
            serial: certificate.serial)
    }

    init(
        engine: EntityStore, party: CertificateIdentity, hosts: [AlternativeName], origin: String?, serial: String
    ) {
        self.engine = engine
        self.party = party
        self.hosts = hosts
        self.origin = origin
        self.serial = serial
    }

    public func renewCertificate(_ requestPEM: String) async throws -> String {
        guard Pairing.roles.contains(party.role) else {
            throw VC3Error(
                .forbidden, "certificates of role \(party.role) are not renewed here; ask for a pairing of another role"
            )
        }
        let request = try EnrolmentDesk.normal(requestPEM)
        let key = EntityKey(.pairing, Self.name(party, request))
        if await engine.record(key) == nil, await openRenewals() >= Self.most {
            throw VC3Error(
                .tooManyRequests,
                "\(party) has asked for \(Self.most) certificates already; try again in a quarter of an hour")
        }
        let record = try await engine.write(
            Mutation(key, by: author) { current, view in
                if let current { return .put(EntityContent(current)) }
                return .put(content(request, at: view.moment))
            })
        return try await PairingAnswer(engine: engine, patience: patience).pem(for: record)
    }

    /// The same request is the same pairing, so that asking twice makes one certificate.
    private static func name(_ party: CertificateIdentity, _ request: String) -> String {
        "renewal-" + EnrolmentSecret.digest(of: party.uri + "\n" + request).prefix(40)
    }

    private func content(_ request: String, at moment: Timestamp) -> EntityContent {
        let spec: JSONValue = [
            "cn": .string(party.name), "role": .string(party.role), "renews": true, "csr": .string(request),
            "hosts": .array(hosts.map { .string($0.text) }), "expires": .string("\(moment + Self.lifetime)"),
            "serial": .string(serial),
        ]
        return EntityContent(
            owner: Self.owner(party),
            spec: KindSchema.of(.pairing).withDefaults(spec, part: .spec),
            status: KindSchema.of(.pairing).withDefaults([:], part: .status))
    }

    /// Names in certificates may have characters that an owner's name may not.
    private static func owner(_ party: CertificateIdentity) -> String {
        EntityName.problem(with: party.name) == nil ? party.name : party.role
    }

    private func openRenewals() async -> Int {
        await engine.records(.pairing).items.count {
            $0.spec["renews"] == true && $0.spec["cn"]?.stringValue == party.name
                && $0.spec["role"]?.stringValue == party.role
        }
    }

    /// A host has no role of its own here: to the audit trail it is an agent.
    private var author: Author {
        Author(Identity(role: Role(rawValue: party.role) ?? .agent, name: party.name), from: origin, action: "renew")
    }
}

extension AlternativeName {
    /// Without its type.
    fileprivate var text: String {
        switch self {
        case .dns(let name), .ip(let name), .uri(let name): name
        }
    }
}
