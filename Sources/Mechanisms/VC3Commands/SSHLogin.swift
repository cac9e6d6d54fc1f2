/// Who logs in to a host.
public enum SSHLogin: Sendable, Equatable {
    /// The session itself, by its key, whenever it needs a connection.
    case key
    /// A person, by ``SSHSession/logIn(within:answering:)``: the host asks for more than a key. The session uses the
    /// connection that they made, and never makes one.
    case person

    /// ssh_config(5), `PreferredAuthentications`.
    var methods: String {
        switch self {
        case .key: "publickey"
        case .person: "publickey,keyboard-interactive,password"
        }
    }
}
