import ArgumentParser
import VC3CommandLine
import VC3Model

/// `vc3-infoservice`: serves when no subcommand is named.
@main
struct Infoservice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vc3-infoservice",
        abstract: "Keep the shared state of VC3 and serve it over HTTPS with client certificates.",
        discussion: """
            Without a subcommand it serves, as `vc3-infoservice serve` does. All of its settings are in \
            /etc/vc3/vc3-infoservice.conf; `--check-config` says what is wrong with them, and `--show-config` prints a \
            file with every key, its meaning and its default.

            While it runs:
              SIGTERM, SIGINT  end in order: running requests finish, watches are told
              SIGHUP           look at once for new certificates, revocation list and sealing keys; reopen the log

            Examples:
              vc3-infoservice --check-config
              vc3-infoservice --runas vc3 --log /var/log/vc3/infoservice.log
              vc3-infoservice --conf /etc/vc3/vc3-infoservice.conf,/etc/vc3/local.conf --log-format json

            Exit codes: 0 done or ended in order; 1 failed; 2 the command line is wrong.
            """,
        version: Release.version,
        subcommands: [Serve.self, MigrateCommand.self, BackupCommand.self, RestoreCommand.self, RotateKey.self],
        defaultSubcommand: Serve.self)

    static func main() async { await runToEnd() }
}
