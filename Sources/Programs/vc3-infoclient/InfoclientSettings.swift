import ClientSettings
import Foundation
import VC3Configuration

/// Where `vc3-infoclient.conf` is.
enum InfoclientSettings {
    /// - Parameter option: Files with commas between them; `nil` for the usual one.
    /// - Throws: `ConfigurationError`.
    static func load(_ option: String?, _ remarks: Remarks) throws -> ClientConfiguration {
        let files = (option ?? "/etc/vc3/vc3-infoclient.conf").split(separator: ",").map {
            NSString(string: String($0)).expandingTildeInPath
        }
        let (settings, warnings) = try ClientConfiguration.load(
            INIDocument(files: files), homeDirectory: NSHomeDirectory())
        for warning in warnings { remarks.warning("\(warning)") }
        return settings
    }
}
