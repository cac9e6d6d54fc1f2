import SystemPackage

/// The files that one connection of ssh(1) works from. Whoever wants to see what the session sees runs
/// `ssh -F <folder>/config target`.
struct SSHFiles: Sendable {
    let folder: PrivateFolder
    /// The control socket; a live one belongs to a connection of the same endpoint with the same keys.
    let socket: String
    /// Whether the files were there already and say the same, so that a predecessor's connection may be used.
    let unchanged: Bool

    var config: String { folder.file("config") }

    /// sun_path has 108 bytes (unix(7)); ssh(1) binds `<path>.<16 random characters>` first and renames it then.
    static let longestSocketPath = 107 - 17

    static let names = [
        "config", "known_hosts", "key", "gateway-key", gatewayLog, loginLog, askpass, "socket-folder",
    ]

    /// Writes the files into `path`, which is this session's own folder.
    init(
        endpoint: SSHEndpoint, credentials: SSHCredentials, limits: SSHLimits, login: SSHLogin, path: String
    ) throws(CommandError) {
        let safe = path.utf8.allSatisfy { byte in
            byte.isLetterOrDigit || [0x2B, 0x2C, 0x2D, 0x2E, 0x2F, 0x3D, 0x40, 0x5F].contains(byte)  // + , - . / = @ _
        }
        guard path.hasPrefix("/"), safe else {
            throw CommandError(
                .localFailure,
                "ssh cannot work in the folder \(path): give an absolute path of letters, digits and +,-./=@_ only")
        }
        let folder = try PrivateFolder(creating: path)
        let socket = try Self.socket(in: folder)
        var wanted: [(name: String, content: [UInt8])] = [
            ("key", Self.keyFile(credentials.privateKey)),
            ("known_hosts", Array(try Self.knownHosts(endpoint).utf8)),
            ("config", Array(try Self.configuration(endpoint, limits, login, folder: folder, socket: socket).utf8)),
        ]
        if endpoint.gateway != nil {
            wanted.append(("gateway-key", Self.keyFile(credentials.gatewayPrivateKey ?? credentials.privateKey)))
        }
        var unchanged = true
        for file in wanted where folder.read(file.name) != file.content {
            unchanged = false
            try folder.write(file.content, to: file.name)
        }
        self.folder = folder
        self.socket = socket
        self.unchanged = unchanged
    }

    /// With ControlPersist, ssh(1) throws away what its `ProxyCommand` says on standard error, so it goes to a file.
    private static let gatewayLog = "gateway-messages"

    /// Why the way through the gateway failed, as ssh says.
    var gatewayMessages: [UInt8] { folder.read(Self.gatewayLog) ?? [] }

    /// What ssh says while a person logs in.
    private static let loginLog = "login-messages"
    /// The program that ssh asks a person through.
    static let askpass = "askpass"

    var loginMessagesFile: String { folder.file(Self.loginLog) }
    var loginMessages: [UInt8] { folder.read(Self.loginLog) ?? [] }

    func forgetMessages() {
        folder.remove(Self.gatewayLog)
        folder.remove(Self.loginLog)
    }

    func remove() { Self.remove(from: folder) }

    static func remove(from folder: PrivateFolder) {
        let socketFolder = folder.read("socket-folder").map { String(decoding: $0, as: UTF8.self) }
        for name in names { folder.remove(name) }
        if let socketFolder { try? PrivateFolder(creating: socketFolder).removeIfEmpty() }
        folder.removeIfEmpty()
    }

    private static func socket(in folder: PrivateFolder) throws(CommandError) -> String {
        let near = folder.file("s")
        if near.utf8.count <= longestSocketPath { return near }
        // A killed predecessor may have left a connection at a short path: it wrote down where. PrivateFolder
        // refuses the folder if it is not this user's own, as anybody may make folders in /tmp.
        if let path = folder.read("socket-folder").map({ String(decoding: $0, as: UTF8.self) }),
            path.hasPrefix("/tmp/vc3-"),
            let known = try? PrivateFolder(creating: path)
        {
            return known.file("s")
        }
        let short = try PrivateFolder.short()
        try folder.write(Array(short.path.utf8), to: "socket-folder")
        return short.file("s")
    }

    /// OpenSSH refuses a key file whose last line is not ended ("error in libcrypto").
    private static func keyFile(_ key: [UInt8]) -> [UInt8] {
        key.last == UInt8(ascii: "\n") ? key : key + [UInt8(ascii: "\n")]
    }

    /// One line per host, under a name of our own (`HostKeyAlias`), so that a changed address changes nothing.
    private static func knownHosts(_ endpoint: SSHEndpoint) throws(CommandError) -> String {
        var lines = ""
        for (alias, hop) in [("target", endpoint.target), ("gateway", endpoint.gateway)] {
            guard let hop else { continue }
            guard let key = hop.hostKey else {
                throw CommandError(
                    .hostKeyUnknown,
                    "no host key is pinned for \(hop.host):\(hop.port); its key must be accepted before anybody logs in"
                )
            }
            lines += "vc3-\(alias) \(key.line)\n"
        }
        return lines
    }

    private static func configuration(
        _ endpoint: SSHEndpoint, _ limits: SSHLimits, _ login: SSHLogin, folder: PrivateFolder, socket: String
    ) throws(CommandError) -> String {
        var text = "Host target\n" + (try hop(endpoint.target, alias: "vc3-target", key: folder.file("key")))
        text += "  ControlPath \(socket)\n"
        text += "  ControlPersist \(max(1, limits.idleTimeout.components.seconds))\n"
        if let gateway = endpoint.gateway {
            text += "  ProxyCommand ssh -F \(folder.file("config")) -E \(folder.file(gatewayLog)) -W [%h]:%p gateway\n"
            text += "Host gateway\n" + (try hop(gateway, alias: "vc3-gateway", key: folder.file("gateway-key")))
        }
        // ssh_config(5). The first value found for a key counts. Nobody is asked anything, nothing of the
        // user's own SSH setup is used, and only the pinned key of the pinned host is accepted.
        text += """
            Host *
              BatchMode \(login == .key ? "yes" : "no")
              IdentitiesOnly yes
              IdentityAgent none
              PreferredAuthentications \(login.methods)
              NumberOfPasswordPrompts 3
              StrictHostKeyChecking yes
              UserKnownHostsFile \(folder.file("known_hosts"))
              GlobalKnownHostsFile /dev/null
              UpdateHostKeys no
              ForwardAgent no
              ForwardX11 no
              PermitLocalCommand no
              RequestTTY no
              ConnectionAttempts 1
              ConnectTimeout \(max(1, limits.connectTimeout.components.seconds))
              ServerAliveInterval 15
              ServerAliveCountMax 3
              LogLevel ERROR

            """
        return text
    }

    private static func hop(_ hop: SSHHop, alias: String, key: String) throws(CommandError) -> String {
        // What a user typed as a host name must not become another setting, an option or a command.
        let host = hop.host.utf8.allSatisfy { $0.isLetterOrDigit || [0x2D, 0x2E, 0x3A, 0x5F].contains($0) }  // - . : _
        let user = hop.user.utf8.allSatisfy { $0.isLetterOrDigit || [0x2B, 0x2D, 0x2E, 0x40, 0x5F].contains($0) }
        guard host, !hop.host.isEmpty, !hop.host.hasPrefix("-"), (1...65535).contains(hop.port) else {
            throw CommandError(.unreachable, "\(hop.host):\(hop.port) is no host name, address and port; correct it")
        }
        guard user, !hop.user.isEmpty, !hop.user.hasPrefix("-") else {
            throw CommandError(.authenticationRefused, "\(hop.user) is no account name; correct it")
        }
        return """
              HostName \(hop.host)
              Port \(hop.port)
              User \(hop.user)
              HostKeyAlias \(alias)
              IdentityFile \(key)

            """
    }
}

extension UInt8 {
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
