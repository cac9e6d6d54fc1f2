public import ArgumentParser
import Foundation
public import VC3Configuration

/// What a program says on standard error before its log begins.
public struct ProgramVoice: Sendable {
    private let program: String

    /// - Parameter program: The name that each line begins with.
    public init(_ program: String) { self.program = program }

    public func say(_ text: String) { FileHandle.standardError.write(Data("\(program): \(text)\n".utf8)) }

    /// Says it, and is the error that ends the program with 1.
    public func complaint(_ text: String) -> ExitCode {
        say(text)
        return ExitCode(1)
    }

    /// Reads configuration files, and shows warnings.
    ///
    /// - Parameters:
    ///   - option: What the command line names, with commas between the files; `~` is the home directory.
    ///   - usual: Which are read otherwise; those that are not there count as empty.
    /// - Throws: `ExitCode` 1 after saying everything that is wrong with the files.
    public func settings<Settings: ConfigurationSchema>(
        _ type: Settings.Type, in option: String?, usual: [String]
    ) throws -> Settings {
        let files = (option.map { $0.split(separator: ",").map(String.init) } ?? usual)
            .map { NSString(string: $0).expandingTildeInPath }
        do {
            let (settings, warnings) = try Settings.load(
                INIDocument(files: files, missingFilesAllowed: option == nil), homeDirectory: NSHomeDirectory())
            for warning in warnings { say("\(warning)") }
            return settings
        } catch let error as ConfigurationError {
            throw complaint("\(error)")
        }
    }
}
