public import FactoryCredentials
import Foundation
public import VC3Configuration

/// `auth.conf`, whole: every section is a profile.
public struct AuthDocument: ConfigurationSchema, Sendable {
    public var profiles: [AuthProfile]

    public init(reading configuration: ConfigurationReader) {
        profiles = configuration.sectionNames.compactMap { name in
            let section = AuthSection(configuration.section(name), of: configuration)
            return section.credential.map { AuthProfile(name: name, credential: $0) }
        }
    }

    /// Reads defaults and profiles; a file that is not there says nothing.
    ///
    /// - Returns: The profiles, and warnings to show.
    /// - Throws: ``ConfigurationError``.
    public static func load(
        file: String, defaults: String
    ) throws -> (settings: Self, warnings: [ConfigurationDiagnostic]) {
        try load(
            INIDocument(files: [defaults, file], missingFilesAllowed: true), homeDirectory: NSHomeDirectory())
    }
}

/// The keys of one profile; those of all plugins may stand in `[DEFAULT]`.
private struct AuthSection {
    var credential: AuthProfile.Credential?

    private enum Plugin: String, CaseIterable {
        case ssh = "SSH"
        case x509 = "X509"
        case gsissh = "GSISSH"
        case token = "Token"
        case noop = "Noop"
    }

    init(_ section: SectionReader, of configuration: ConfigurationReader) {
        let plugin = section.required(
            "plugin", ValueKind<Plugin>.caseOf(Plugin.self, fallback: .noop), "what the profile is")
        section.ignored("authbasedir", "secrets are kept in a folder of the factory's own")
        let ssh = Self.ssh(section, of: configuration, isChosen: plugin == .ssh || plugin == .gsissh)
        let proxy = Self.proxy(section, isChosen: plugin == .x509, of: configuration)
        let token = Self.token(section, isChosen: plugin == .token)
        credential =
            switch plugin {
            case .ssh, .gsissh: ssh.map { .ssh($0) }
            case .x509: proxy.map { .proxy($0) }
            case .token: .token(token)
            case .noop: .nothing
            }
    }

    private static func ssh(
        _ section: SectionReader, of configuration: ConfigurationReader, isChosen: Bool
    ) -> SSHKeyProfile? {
        let type = section.value("ssh.type", .sshKeyType, default: "rsa", "what the key is")
        func source(_ name: String, _ meaning: String) -> SecretSource? {
            let content = section.value("ssh." + name, ValueKind<[UInt8]>.base64.optional, default: nil, meaning)
            let file = section.value(
                "ssh.\(name)file", ValueKind<String>.path.optional, default: nil, "file with the same")
            return content.map { .content($0) } ?? file.map { .file($0) }
        }
        let privateKey = source("privatekey", "base64 of the private key")
        let publicKey = source("publickey", "base64 of the public key")
        section.ignored("ssh.privkeypass", "a key with a passphrase needs a person; give one without")
        let passphrase = section.value(
            "ssh.privkeypassfile", ValueKind<String>.path.optional, default: nil, "file with its passphrase")
        guard isChosen else { return nil }
        guard let privateKey else {
            configuration.report(
                .error(
                    "[\(section.name)] has neither ssh.privatekey nor ssh.privatekeyfile; give one of them",
                    at: section.origin(of: "plugin")))
            return nil
        }
        return SSHKeyProfile(type: type, privateKey: privateKey, publicKey: publicKey, passphraseFile: passphrase)
    }

    private static func token(_ section: SectionReader, isChosen: Bool) -> TokenProfile {
        let meaning = "file with a token"
        let file =
            isChosen
            ? section.required("token.file", .path, meaning)
            : section.value("token.file", ValueKind<String>.path.optional, default: nil, meaning) ?? ""
        let command = section.value(
            "token.renewcommand", ValueKind<String>.nonEmptyText.optional, default: nil,
            "program and arguments, parted by spaces, that writes a new token to its standard output")
        let least = section.value(
            "token.minlife", .duration(in: .seconds(1) ... .seconds(86_400 * 366)), default: .seconds(600),
            "it is made again when less than that is left")
        return TokenProfile(
            file: file, renewal: command?.split(separator: " ").map(String.init), leastLife: least)
    }

    private static func proxy(
        _ section: SectionReader, isChosen: Bool, of configuration: ConfigurationReader
    ) -> ProxyProfile? {
        func path(_ key: String, _ meaning: String) -> String? {
            section.value("x509." + key, ValueKind<String>.path.optional, default: nil, meaning)
        }
        func text(_ key: String, _ meaning: String) -> String? {
            section.value("x509." + key, ValueKind<String>.nonEmptyText.optional, default: nil, meaning)
        }
        func time(_ key: String, _ fallback: Duration, _ meaning: String) -> Duration {
            section.value(
                "x509." + key, .duration(in: .seconds(1) ... .seconds(86_400 * 366)), default: fallback, meaning)
        }
        let base = path("baseproxy", "longer proxy that it is made from")
        let certificate = path("usercert", "certificate that it is made from")
        let key = path("userkey", "private key of that, without a passphrase")
        var profile = ProxyProfile(
            file: "",
            flavor: section.value(
                "x509.flavor", .caseOf(ProxyProfile.Flavor.self, fallback: .voms), default: .voms, "who makes it"),
            isRenewed: section.value("x509.renew", .boolean, default: true, "whether it is made again before it ends"),
            role: text("vorole", "virtual organization, group and role"), certificate: base ?? certificate,
            key: base ?? key, lifetime: time("lifetime", .seconds(604_800), "how long a new one is to live"),
            leastLife: time("minlife", .seconds(259_200), "it is made again when less than that is left"),
            vomsArguments: (text("voms.args", "further words for voms-proxy-init") ?? "").split(separator: " ").map(
                String.init))
        let host = text("myproxy_hostname", "server that has it")
        let user = text("myproxy_username", "whose it is there")
        let passphrase = section.value(
            "x509.myproxy_passphrase", ValueKind<String>.secret.optional, default: nil, "passphrase there")
        profile.myproxy = host.map { .init(host: $0, user: user, passphrase: passphrase) }
        for name in ["initdelay", "checktime", "interruptcheck"] {
            section.ignored("x509." + name, "all profiles are looked at every authmanager.sleep")
        }
        for name in ["owner", "remote_host", "remote_user", "remote_owner", "remote_group", "retriever_list"] {
            section.ignored("x509." + name, "the factory uses its own files only")
        }
        guard isChosen else {
            _ = path("proxyfile", "file of the proxy")
            return nil
        }
        profile.file = section.required("x509.proxyfile", .path, "file of the proxy")
        if profile.isRenewed, profile.flavor == .myproxy, profile.myproxy == nil {
            configuration.report(
                .error(
                    "[\(section.name)] x509.flavor = myproxy needs x509.myproxy_hostname; give the server's host",
                    at: section.origin(of: "x509.flavor")))
        }
        if profile.isRenewed, profile.flavor == .voms, base != nil, profile.role == nil {
            configuration.report(
                .error(
                    "[\(section.name)] x509.baseproxy needs x509.vorole: voms-proxy-init makes nothing from a proxy without a"
                        + " virtual organization; give x509.vorole, or x509.usercert and x509.userkey instead",
                    at: section.origin(of: "x509.baseproxy")))
        }
        return profile
    }
}

extension ValueKind where Value == [UInt8] {
    /// A secret in base64; no message repeats it.
    static var base64: Self {
        Self(
            allowed: "base64", placeholder: [], isSecret: true,
            parse: { text, _ in
                let plain = text.filter { !$0.isWhitespace }
                return Data(base64Encoded: plain).flatMap { $0.isEmpty ? nil : Array($0) }
            }, render: { Data($0).base64EncodedString() })
    }
}

extension ValueKind where Value == String {
    /// A word that may be a file's name.
    static var sshKeyType: Self {
        Self(
            allowed: "rsa, ed25519, ecdsa or the like", placeholder: "rsa",
            parse: { text, _ in
                text.first?.isLetter == true
                    && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
                    ? text : nil
            }, render: { $0 })
    }
}
