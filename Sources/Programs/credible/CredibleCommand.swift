import ArgumentParser
import Credible
import Foundation
import VC3Configuration

/// `credible [-c FILE] [-v] [-d] SUBCOMMAND [options] [argument]`
@main
struct CredibleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credible",
        abstract: "Issue certificates of a private authority, and SSH keys and certificates.",
        discussion: """
            What exists is shown, what is missing is made. State lies under 'vardir' of the configuration.

            Examples:
              credible init
              credible hostcert vc3.example.org > /etc/pki/tls/certs/hostcert.pem
              credible sign request.pem host/node1.example.org
              credible list

            Exit status: 0 done, 1 refused or failed (the reason is on standard error, and nothing is half made), 2 the
            command line cannot be understood.
            """,
        subcommands: [
            Initialize.self, HostCertificate.self, HostKey.self, UserCertificate.self, UserKey.self, Chain.self,
            HostCertificates.self, Sign.self, Renew.self, List.self, Inspect.self, Revoke.self,
            RevocationListCommand.self, SSHPublic.self, SSHPrivate.self, SSHSign.self, SSHRevoke.self,
        ])

    @Option(
        name: [.short, .customLong("config")],
        help: "Configuration file; when left out, ~/etc/credible.conf or else /etc/credible/credible.conf.")
    var config: String?

    @Flag(name: .shortAndLong, help: "Say on standard error what is made.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "As --verbose, and where files are looked for.")
    var debug = false

    @Flag(help: "Check the configuration, and do nothing else.")
    var checkConfig = false

    func run() throws {
        guard checkConfig else { throw ValidationError("a subcommand is missing") }
        try check()
    }

    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        do {
            arguments = try AbbreviatedOptions.expand(arguments)
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            Foundation.exit(Self.report(error))
        }
    }

    /// Prints help on standard output and everything else on standard error.
    ///
    /// - Returns: 0 after help, 2 for a command line that cannot be understood, 1 for everything else.
    private static func report(_ error: any Error) -> Int32 {
        let code = exitCode(for: error)
        if code == .success {
            print(fullMessage(for: error))
            return 0
        }
        let isUsage = code == .validationFailure
        say(isUsage ? fullMessage(for: error) : "credible: \(error)")
        return isUsage ? 2 : 1
    }

    /// Writes one line to standard error.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

extension CredibleCommand {
    /// Runs `body` with the settings, or only checks them when that was asked for.
    func withSettings(_ body: (CredibleSettings) throws -> String) throws {
        if checkConfig { return try check() }
        // Nothing follows the content but one newline; see the admin guide, which redirects it into files.
        print(try body(try settings()))
    }

    func authority(_ settings: CredibleSettings, _ name: String) throws -> CertificateAuthority {
        if debug { Self.say("debug: authority \(name) under \(settings.vardir ?? "memory")/ssca") }
        let speaks = verbose || debug
        return try CertificateAuthority(
            storage: storage(settings), name: name, policy: settings.policy,
            passphrase: settings.keyPassphrase.map { PassphraseReader.passphrase(from: $0) },
            notice: { notice in
                switch notice {
                case .made(let text): if speaks { Self.say("info: \(text)") }
                case .warning(let text): Self.say("credible: warning: \(text)")
                }
            })
    }

    func storage(_ settings: CredibleSettings) -> CredentialStorage {
        if settings.vardir == nil {
            Self.say("credible: storageplugin = Memory: nothing is kept, what is printed cannot be asked for again")
        }
        return settings.storage()
    }

    private func check() throws {
        _ = try settings()
        print("\(configurationPath) is valid")
    }

    private func settings() throws -> CredibleSettings {
        if debug { Self.say("debug: reading \(configurationPath)") }
        let (settings, warnings) = try CredibleSettings.load(
            INIDocument(files: [configurationPath]), homeDirectory: NSHomeDirectory())
        for warning in warnings { Self.say("\(warning)") }
        return settings
    }

    private var configurationPath: String {
        if let config { return NSString(string: config).expandingTildeInPath }
        let own = NSHomeDirectory() + "/etc/credible.conf"
        let common = "/etc/credible/credible.conf"
        let usesCommon = !FileManager.default.fileExists(atPath: own) && FileManager.default.fileExists(atPath: common)
        return usesCommon ? common : own
    }
}
