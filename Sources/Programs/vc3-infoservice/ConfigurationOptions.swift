import ArgumentParser
import Foundation
import VC3Daemon

/// Which configuration files are read. Shared by all subcommands.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .long],
        help: "Configuration files, comma-separated; later ones win (default: /etc/vc3/vc3-infoservice.conf).")
    var conf: String?

    /// Shows warnings on standard error.
    ///
    /// - Throws: `ExitCode` 1 after saying everything that is wrong with the files.
    func settings() throws -> Settings { try Self.voice.settings(Settings.self, in: conf, usual: usual) }

    /// With `VC3_SERVICES_HOME` set, files of a home installation are read after the usual one.
    private var usual: [String] {
        let usual = ["/etc/vc3/vc3-infoservice.conf"]
        guard ProcessInfo.processInfo.environment["VC3_SERVICES_HOME"] != nil else { return usual }
        let own = NSHomeDirectory() + "/vc3-services/etc/vc3-infoservice"
        return usual + [own + ".conf", own + "-local.conf"]
    }

    private static let voice = ProgramVoice("vc3-infoservice")

    static func say(_ text: String) { voice.say(text) }

    /// Says it, and is the error that ends the program with 1.
    static func complaint(_ text: String) -> any Error { voice.complaint(text) }
}
