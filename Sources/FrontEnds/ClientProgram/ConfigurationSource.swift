import ClientSettings
import Foundation
import VC3Configuration

/// Where the client's configuration comes from.
struct ConfigurationSource {
    let files: [String]
    let homeFolder: String

    static let defaults = "/etc/vc3/vc3-client.conf,~/.local/etc/vc3-client.conf,~/.local/etc/vc3-client-local.conf"

    /// The option goes before the variable `VC3_CLIENT_CONF`, which goes before the usual places.
    init(option: String?, environment: String?, homeFolder: String) {
        let named = [option, environment].compactMap { $0 }.first { !$0.isEmpty } ?? Self.defaults
        files = named.split(separator: ",").map { file in
            let file = file.trimmingCharacters(in: .whitespaces)
            return file.hasPrefix("~/") ? homeFolder + file.dropFirst() : file
        }
        self.homeFolder = homeFolder
    }

    /// Later files override earlier ones; some may be missing, but not all.
    func load() throws -> (ClientConfiguration, warnings: [ConfigurationDiagnostic]) {
        guard files.contains(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw Missing(files: files)
        }
        let document = try INIDocument(files: files, missingFilesAllowed: true)
        let (settings, warnings) = try ClientConfiguration.load(document, homeDirectory: homeFolder)
        return (settings, warnings)
    }

    private struct Missing: Error, CustomStringConvertible {
        let files: [String]

        var description: String {
            """
            there is no configuration file; looked for \(files.joined(separator: ", "))
              next: ask your VC3 admin for one, or name one with -c FILE or VC3_CLIENT_CONF; 'vc3 up' writes one
            """
        }
    }
}
