public import VC3Certificates
public import VC3Configuration

/// `credible.conf`.
public struct CredibleSettings: ConfigurationSchema, Sendable {
    /// Where all state lies; `nil` for memory alone.
    public var vardir: String?
    /// The kind of SSH keys for principals that have none yet.
    public var sshKey: KeyKind
    public var policy: IssuingPolicy
    /// What seals the authority's keys.
    public var keyPassphrase: PassphraseSource?

    public init(reading configuration: ConfigurationReader) {
        vardir = Self.vardir(configuration.section("credible"), configuration)
        let ssh = KeySettings(configuration.section("credible-ssh"), configuration)
        sshKey = ssh.kind(prefix: "", of: "new SSH keys", default: .ed25519) ?? .ed25519
        let section = configuration.section("credible-ssca")
        policy = Self.policy(section, configuration, sshAuthorityKey: sshKey)
        keyPassphrase = section.value(
            "keypassphrase", PassphraseSource.kind.optional, default: nil, "what the authority's keys are sealed by")
    }

    public func storage() -> CredentialStorage {
        vardir.map { .file(vardir: $0) } ?? .memory()
    }

    /// The sample configuration of earlier versions, in which the plugin had no effect, names both `Memory` and a directory:
    /// what its three commands print fits together only when it is kept.
    private static func vardir(_ section: SectionReader, _ configuration: ConfigurationReader) -> String? {
        let plugin = section.value(
            "storageplugin", .oneOf("File", "Memory"), default: "File",
            "where state is kept: in files under vardir, or, without vardir, in memory until the command ends")
        guard plugin == "Memory" else {
            return section.required("vardir", .path, "directory of all certificates and keys")
        }
        let vardir = section.value(
            "vardir", ValueKind<String>.path.optional, default: nil, "directory of all certificates and keys")
        if vardir != nil {
            configuration.report(
                .warning(
                    "storageplugin = Memory counts only without vardir: state is kept in files under vardir",
                    at: section.origin(of: "storageplugin")))
        }
        return vardir
    }

    private static func policy(
        _ section: SectionReader, _ configuration: ConfigurationReader, sshAuthorityKey: KeyKind
    ) -> IssuingPolicy {
        let keys = KeySettings(section, configuration)
        let key = keys.kind(prefix: "", of: "keys for certificates", default: .p256) ?? .p256
        let isRSA = [.rsa2048, .rsa3072, .rsa4096].contains(key)
        let site = SubjectName(
            country: section.value("country", country, default: nil, "country in the subject of certificates"),
            state: section.value("state", part(upTo: 128), default: nil, "state in the subject"),
            organization: section.value("organization", part(upTo: 64), default: nil, "organization in the subject"),
            organizationalUnit: section.value("orgunit", part(upTo: 64), default: nil, "unit in the subject"),
            email: section.value("email", part(upTo: 255), default: nil, "e-mail address in the subject"))
        let lifetime = section.value(
            "lifetime", .duration(in: .seconds(120) ... .days(7300)), default: .days(375),
            "how long certificates of hosts, users and components are valid")
        let domains = section.value(
            "permitteddomains", .list, default: [],
            "the only domains that the authority can certify, with all below them")
        let networks = section.value(
            "permittednetworks", .list, default: [], "the only networks whose addresses the authority can certify")
        var limits = NamingLimits.none
        do {
            limits = try NamingLimits(domains: domains, networks: networks)
        } catch {
            configuration.report(.error("\(error)", at: section.origin(of: "permitteddomains")))
        }
        for key in ["roottemplate", "intermediatetemplate"] {
            section.obsolete(key, because: "certificates are made without templates")
        }
        section.ignored("vardir", "no effect; [credible] vardir counts")
        section.ignored("sscaname", "no effect; the name comes with --caname")
        section.ignored("locality", "no effect; subjects have no locality")
        return IssuingPolicy(
            site: site,
            authorityKey: keys.kind(prefix: "ca", of: "the authority's keys", default: nil) ?? (isRSA ? .rsa4096 : key),
            hostKey: keys.kind(prefix: "host", of: "keys of hosts and components", default: nil) ?? key,
            userKey: keys.kind(prefix: "user", of: "keys of users", default: nil) ?? key,
            sshAuthorityKey: sshAuthorityKey, lifetime: lifetime, limits: limits)
    }

    private static var country: ValueKind<String?> {
        ValueKind<String>(
            allowed: "a country code of two letters", placeholder: "",
            parse: { text, _ in
                text.utf8.count == 2 && text.allSatisfy { $0.isASCII && $0.isLetter } ? text.uppercased() : nil
            },
            render: { $0 }
        ).optional
    }

    /// The limits are those of RFC 5280, appendix A.1.
    private static func part(upTo limit: Int) -> ValueKind<String?> {
        ValueKind<String>(
            allowed: "one line of at most \(limit) characters", placeholder: "",
            parse: { text, _ in
                text.unicodeScalars.count <= limit && !text.contains(where: \.isNewline) ? text : nil
            },
            render: { $0 }
        ).optional
    }
}
