import VC3Commands

/// How a proxy is made again, with the tools of its makers.
enum ProxyRenewal {
    /// What a tool said, the end of it, without the dots and signs that it shows progress by.
    static func words(of result: CommandResult) -> String {
        let said = (result.errorOutput + " " + result.output).split(whereSeparator: \.isWhitespace)
        let words = said.map { word -> Substring in
            let signs = word.prefix { ".+*".contains($0) }.count
            return signs > 2 ? word.dropFirst(signs) : word
        }
        return String(words.filter { !$0.isEmpty }.joined(separator: " ").suffix(300))
    }

    /// The command that writes a new proxy to a file. Secrets go over its standard input.
    ///
    /// - Parameter file: To be written; readable for nobody else from its beginning.
    static func command(for profile: ProxyProfile, into file: String) -> Command {
        let hours = max(1, Int(profile.lifetime / .seconds(3600)))
        var words: [String]
        var input = ""
        var environment: [String: String] = [:]
        switch profile.flavor {
        case .voms:
            words = ["voms-proxy-init", "-out", file, "-valid", "\(hours):00"]
            if let certificate = profile.certificate { words += ["-cert", certificate] }
            if let key = profile.key ?? profile.certificate { words += ["-key", key] }
            if let role = profile.role { words += ["-voms", role] }
            words += profile.vomsArguments
        case .myproxy:
            words = ["myproxy-get-delegation", "--out", file, "--proxy_lifetime", "\(hours)"]
            if let server = profile.myproxy {
                words += ["--pshost", server.host] + (server.user.map { ["--username", $0] } ?? [])
                if let passphrase = server.passphrase {
                    words.append("--stdin_pass")
                    input = passphrase + "\n"
                } else {
                    words.append("--no_passphrase")
                }
            }
            if let role = profile.role { words += ["--voms", role] }
            if let certificate = profile.certificate { environment["X509_USER_CERT"] = certificate }
            if let key = profile.key ?? profile.certificate { environment["X509_USER_KEY"] = key }
        }
        var command = Command(
            ["/bin/sh", "-c", "umask 077; exec \"$@\"", "renewal"] + words, input: Array(input.utf8),
            timeout: .seconds(120))
        command.environment = environment
        return command
    }
}
