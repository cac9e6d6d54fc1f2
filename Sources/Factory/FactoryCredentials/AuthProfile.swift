/// One section of `auth.conf`: what queues show to those whose machines they use.
public struct AuthProfile: Sendable, Equatable {
    public var name: String
    public var credential: Credential

    public init(name: String, credential: Credential) {
        self.name = name
        self.credential = credential
    }

    public enum Credential: Sendable, Equatable {
        case ssh(SSHKeyProfile)
        case proxy(ProxyProfile)
        case token(TokenProfile)
        /// A profile that shows nothing.
        case nothing
    }
}

/// A key pair for SSH, or what goes by GSISSH in its place.
public struct SSHKeyProfile: Sendable, Equatable {
    /// `rsa`, `ed25519`…: what its file is called.
    public var type: String
    public var privateKey: SecretSource
    public var publicKey: SecretSource?
    public var passphraseFile: String?

    public init(
        type: String, privateKey: SecretSource, publicKey: SecretSource? = nil, passphraseFile: String? = nil
    ) {
        self.type = type
        self.privateKey = privateKey
        self.publicKey = publicKey
        self.passphraseFile = passphraseFile
    }
}

/// Where a secret is.
public enum SecretSource: Sendable, Equatable {
    /// In the configuration itself.
    case content([UInt8])
    case file(String)
}

/// A file with a token in it, and how it is made again before it ends.
public struct TokenProfile: Sendable, Equatable {
    public var file: String
    /// A program and its arguments, which writes a new token to its standard output; `nil`: somebody else makes it.
    public var renewal: [String]?
    /// It is made again when less than that is left.
    public var leastLife: Duration

    public init(file: String, renewal: [String]? = nil, leastLife: Duration = .seconds(600)) {
        self.file = file
        self.renewal = renewal
        self.leastLife = leastLife
    }
}

/// An X.509 proxy, and how it is made again before it ends.
public struct ProxyProfile: Sendable, Equatable {
    public enum Flavor: String, Sendable, CaseIterable {
        case voms, myproxy
    }

    public var file: String
    public var flavor: Flavor
    /// Whether it is made again; otherwise somebody else does that, and it is only watched.
    public var isRenewed: Bool
    /// Virtual organization, with group and role, as `voms-proxy-init -voms` takes it; `nil`: a proxy without one.
    public var role: String?
    /// What it is made from: a longer proxy, or certificate and key.
    public var certificate: String?
    public var key: String?
    /// How long a new one is to live.
    public var lifetime: Duration
    /// It is made again when less than that is left.
    public var leastLife: Duration
    /// Further words for `voms-proxy-init`.
    public var vomsArguments: [String]
    public var myproxy: MyProxy?

    public struct MyProxy: Sendable, Equatable {
        public var host: String
        public var user: String?
        /// Secret.
        public var passphrase: String?

        public init(host: String, user: String?, passphrase: String?) {
            self.host = host
            self.user = user
            self.passphrase = passphrase
        }
    }

    public init(
        file: String, flavor: Flavor = .voms, isRenewed: Bool = true, role: String? = nil, certificate: String? = nil,
        key: String? = nil, lifetime: Duration = .seconds(604_800), leastLife: Duration = .seconds(259_200),
        vomsArguments: [String] = [], myproxy: MyProxy? = nil
    ) {
        self.file = file
        self.flavor = flavor
        self.isRenewed = isRenewed
        self.role = role
        self.certificate = certificate
        self.key = key
        self.lifetime = lifetime
        self.leastLife = leastLife
        self.vomsArguments = vomsArguments
        self.myproxy = myproxy
    }
}
