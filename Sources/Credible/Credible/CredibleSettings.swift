public import VC3Certificates
public import VC3Configuration

/// `credible.conf`.
public struct CredibleSettings: ConfigurationSchema, Sendable {
    /// Where all state lies.
    public var vardir: String
    /// The kind of SSH keys for principals that have none yet.
    public var sshKey: KeyKind
    public var policy: IssuingPolicy

    public init(reading configuration: ConfigurationReader) {
        let credible = configuration.section("credible")
        vardir = credible.required("vardir", .path, "directory of all certificates and keys")
        credible.obsolete("storageplugin", because: "state is always in files under vardir")
        sshKey = Self.sshKey(configuration.section("credible-ssh"), configuration)
        policy = Self.policy(configuration.section("credible-ssca"), configuration)
    }

    private static func sshKey(_ section: SectionReader, _ configuration: ConfigurationReader) -> KeyKind {
        let type = section.value(
            "keytype", .oneOf("ed25519", "rsa", "ecdsa"), default: "ed25519", "kind of new SSH keys")
        let length = section.value(
            "bitlength", rsaBits.optional, default: nil, "size of new SSH keys of type rsa (the others have one size)")
        switch type {
        case "rsa": return length.flatMap { KeyKind(rsaBits: $0) } ?? .rsa4096
        case "ecdsa": return .p256
        default: return .ed25519
        }
    }

    private static func policy(_ section: SectionReader, _ configuration: ConfigurationReader) -> IssuingPolicy {
        let bits = section.value(
            "bitlength", rsaBits.optional, default: nil,
            "size of RSA keys; when it is given, certificates have RSA keys")
        let type = section.value(
            "keytype", .oneOf("rsa", "p256"), default: bits == nil ? "p256" : "rsa",
            "kind of new keys for certificates")
        let site = SubjectName(
            country: section.value("country", country, default: nil, "country in the subject of certificates"),
            state: section.value("state", part(upTo: 128), default: nil, "state in the subject"),
            organization: section.value("organization", part(upTo: 64), default: nil, "organization in the subject"),
            organizationalUnit: section.value("orgunit", part(upTo: 64), default: nil, "unit in the subject"),
            email: section.value("email", part(upTo: 255), default: nil, "e-mail address in the subject"))
        for key in ["roottemplate", "intermediatetemplate"] {
            section.obsolete(key, because: "certificates are made without templates")
        }
        section.ignored("vardir", "no effect; [credible] vardir counts")
        section.ignored("sscaname", "no effect; the name comes with --caname")
        section.ignored("locality", "no effect; subjects have no locality")
        guard type == "rsa" else { return IssuingPolicy(site: site) }
        return IssuingPolicy(
            site: site, authorityKey: .rsa4096, leafKey: bits.flatMap { KeyKind(rsaBits: $0) } ?? .rsa4096)
    }

    private static var rsaBits: ValueKind<Int> {
        ValueKind(
            allowed: "2048, 3072 or 4096", placeholder: 4096,
            parse: { text, _ in Int(text).flatMap { KeyKind(rsaBits: $0) == nil ? nil : $0 } }, render: { String($0) })
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
