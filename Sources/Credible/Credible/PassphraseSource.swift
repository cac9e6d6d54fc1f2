import VC3Configuration

/// Where the program gets the passphrase of the authority's keys from.
public enum PassphraseSource: Hashable, Sendable {
    /// The first line of a file that only its owner can read.
    case file(String)
    /// Whoever sits at the terminal.
    case prompt
    /// A credential that systemd hands to the service (`LoadCredential=`), by name.
    case credential(String)

    static var kind: ValueKind<PassphraseSource> {
        ValueKind(
            allowed: "prompt, file:/PATH or credential:NAME (of systemd)", placeholder: .prompt,
            parse: { text, _ in
                if text == "prompt" { return .prompt }
                if text.hasPrefix("file:/") { return .file(String(text.dropFirst("file:".count))) }
                let name = text.dropFirst("credential:".count)
                guard text.hasPrefix("credential:"), !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
                    return nil
                }
                return .credential(String(name))
            },
            render: { source in
                switch source {
                case .prompt: "prompt"
                case .file(let path): "file:" + path
                case .credential(let name): "credential:" + name
                }
            })
    }
}
