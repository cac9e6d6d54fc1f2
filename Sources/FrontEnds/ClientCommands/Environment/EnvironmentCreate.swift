import ArgumentParser
import Foundation
import VC3Model

struct EnvironmentCreate: CreatingCommand {
    static let kind = EntityKind.environment
    static let configuration = usage(
        "environment-create", "Describe software, variables and files that workers are to have.",
        example: """
            vc3-client environment-create analysis --packages python:3.8,cctools \\
              --envvar TZ=UTC --envvar LANG=C --require-os redhat7
            """)
    static let optionNames = [
        "packagelist": "packages", "envmap": "envvar", "files": "filesmap", "required_os": "require-os",
        "builder_extra_args": "extra-args",
    ]

    static let additions: Set<String> = ["containertool"]

    @Argument(help: "Environment name.")
    var environmentname: String
    @Option(help: "User who owns it; unset: you.")
    var owner: String?
    @Option(help: "Packages, separated by commas, each package[:lowest[:highest]].")
    var packages: CommaList?
    @Option(help: ArgumentHelp("An environment variable; may be repeated.", valueName: "VAR=VALUE"))
    var envvar: [String] = []
    @Option(
        help: ArgumentHelp(
            "Files of this machine, separated by commas, and their names at the workers.",
            valueName: "LOCAL=REMOTE,..."))
    var filesmap: CommaList?
    @Option(help: "Kept for scripts of the original; nothing runs it.")
    var command: String?
    @Option(name: .customLong("require-os"), help: "Operating system, name[:lowest[:highest]].")
    var requiredOS: String?
    @Option(
        name: .customLong("extra-args"), parsing: .unconditionalSingleValue,
        help: "One more argument of the builder; may be repeated.")
    var extraArguments: [String] = []
    @Option(help: "Container program that must work on a worker: apptainer, singularity, podman or docker.")
    var containertool: String?
    @OptionGroup var about: AboutOptions

    var name: String { environmentname }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        let arguments = extraArguments.map { JSONValue.string($0) }
        return [
            "packagelist": packages.json, "envmap": try variables(),
            "files": try files(homeFolder: session.surroundings.homeFolder), "command": command.json,
            "required_os": requiredOS.json, "builder_extra_args": arguments.isEmpty ? nil : .array(arguments),
            "containertool": containertool.json,
        ] + about
    }

    private func variables() throws -> JSONValue? {
        try object(envvar.map { ($0, "--envvar") }) { .string($0) }
    }

    /// Files by their name at the workers, base64.
    private func files(homeFolder: String) throws -> JSONValue? {
        guard let filesmap else { return nil }
        // Here the part before the sign names the local file, the reverse of a variable.
        let swapped = filesmap.items.map { item in
            let parts = item.split(separator: "=", maxSplits: 1)
            return (parts.count == 2 ? "\(parts[1])=\(parts[0])" : item, "--filesmap")
        }
        return try object(swapped) { local in
            .string(try LocalFile(named: local, homeFolder: homeFolder).contents().base64EncodedString())
        }
    }

    private func object(
        _ assignments: [(text: String, option: String)], value: (String) throws -> JSONValue
    ) throws -> JSONValue? {
        if assignments.isEmpty { return nil }
        var members: [String: JSONValue] = [:]
        for (text, option) in assignments {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ClientFailure(
                    exitCode: ExitCodes.unusable, message: "\(option) \"\(text)\" is not of the form NAME=VALUE",
                    advice: "see vc3-client help environment-create")
            }
            members[String(parts[0])] = try value(String(parts[1]))
        }
        return .object(members)
    }
}
