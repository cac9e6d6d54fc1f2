import Glibc

/// The program `vc3-glidein`: reads the command line, runs one pilot, says how it ended.
public enum GlideinProgram {
    public static let version = "2.0.0"

    /// Returns the exit code; see ``EndReason``.
    public static func run(arguments: [String]) -> Int32 {
        let command: GlideinCommand
        do throws(OptionError) {
            command = try GlideinCommand.parse(
                arguments, environment: currentEnvironment(), defaultName: "\(nodeName())-\(getpid())")
        } catch {
            say(error.description)
            return EndReason.badArguments(error.description).exitCode
        }
        switch command {
        case .help:
            print(GlideinCommand.helpText, terminator: "")
            return 0
        case .version:
            print("vc3-glidein", version)
            return 0
        case .run(let options):
            return Pilot(options: options).run().exitCode
        }
    }

    /// The last things that were said, shortened: what a report of a bad end carries.
    // The program has one thread.
    nonisolated(unsafe) private(set) static var spoken: [String] = []

    /// A line on standard error.
    static func say(_ text: String) {
        spoken = (spoken + [String(text.prefix(300))]).suffix(20)
        let line = Array(("vc3-glidein: " + text + "\n").utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// The part of the node's name before the first dot, as names of daemons must not depend on its domain.
    static func nodeName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        let name = buffer.prefix { $0 != 0 && $0 != CChar(46) }.map(UInt8.init(bitPattern:)).filter(\.isNameByte)
        return name.first?.isLetterOrDigit == true ? String(decoding: name, as: UTF8.self) : "node"
    }

    static func currentEnvironment() -> [String: String] {
        var found: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                found[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return found
    }
}
