/// What a session logs in with. It prints as a placeholder, so that no log line can hold the key.
public struct SSHCredentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The unencrypted private key, in a form ssh(1) reads (OpenSSH or PEM).
    public var privateKey: [UInt8]
    /// The key for the gateway; `nil` uses ``privateKey`` there too.
    public var gatewayPrivateKey: [UInt8]?

    public init(privateKey: [UInt8], gatewayPrivateKey: [UInt8]? = nil) {
        self.privateKey = privateKey
        self.gatewayPrivateKey = gatewayPrivateKey
    }

    public var description: String { "SSHCredentials(…)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
