import ArgumentParser
import Foundation
import VC3Configuration

/// Which configuration files are read. Shared by all subcommands.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .long],
        help: "Configuration files, comma-separated; later ones win (default: /etc/vc3/vc3-infoservice.conf).")
    var conf: String?

    /// Shows warnings on standard error.
    ///
    /// - Throws: `ExitCode` 1 after saying everything that is wrong with the files.
    func settings() throws -> Settings {
        do {
            let (settings, warnings) = try Settings.load(
                INIDocument(files: files, missingFilesAllowed: conf == nil), homeDirectory: NSHomeDirectory())
            for warning in warnings { Self.say("\(warning)") }
            return settings
        } catch let error as ConfigurationError {
            throw Self.complaint("\(error)")
        }
    }

    /// With `VC3_SERVICES_HOME` set, files of a home installation are read after the usual one.
    private var files: [String] {
        if let conf {
            return conf.split(separator: ",").map { NSString(string: String($0)).expandingTildeInPath }
        }
        let usual = ["/etc/vc3/vc3-infoservice.conf"]
        guard ProcessInfo.processInfo.environment["VC3_SERVICES_HOME"] != nil else { return usual }
        let own = NSHomeDirectory() + "/vc3-services/etc/vc3-infoservice"
        return usual + [own + ".conf", own + "-local.conf"]
    }

    static func say(_ text: String) { FileHandle.standardError.write(Data("vc3-infoservice: \(text)\n".utf8)) }

    /// Says it, and is the error that ends the program with 1.
    static func complaint(_ text: String) -> any Error {
        say(text)
        return ExitCode(1)
    }
}
