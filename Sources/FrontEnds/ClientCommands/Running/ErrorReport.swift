import VC3Model

/// An error as the person at the keyboard should read it: what, where, why, and what to do next.
struct ErrorReport: Equatable {
    let text: String
    let exitCode: Int32

    private init(_ message: String, details: [String] = [], advice: String?, exitCode: Int32) {
        let lines = ["Error: " + message] + details.map { "  " + $0 } + (advice.map { ["  next: " + $0] } ?? [])
        text = lines.joined(separator: "\n")
        self.exitCode = exitCode
    }

    init(_ failure: ClientFailure) {
        self.init(failure.message, advice: failure.advice, exitCode: failure.exitCode)
    }

    /// - Parameter nearest: An existing name that the missing one may have meant.
    init(_ error: VC3Error, of command: any ClientCommand, connection: ClientConnection, nearest: String? = nil) {
        let effect = type(of: command).effect
        let details = error.problems.map { problem in
            Self.option(for: problem.field, of: command) + ": " + problem.problem
        }
        let lacksConnection = error.code == .unavailable || error.code == .unauthenticated
        let place = lacksConnection ? ["the address \(connection.endpoint) comes from \(connection.configuredIn)"] : []
        let advice = nearest.map { "did you mean \($0)?" } ?? Self.advice(for: error, of: command, connection)
        self.init(
            error.message, details: details + place, advice: advice,
            exitCode: Self.exitCode(for: error, effect: effect))
    }

    static func exitCode(for error: VC3Error, effect: CommandEffect) -> Int32 {
        switch error.code {
        case .exists where effect == .create: ExitCodes.unusable
        case .notFound: effect.exitCodeWhenMissing
        default: ExitCodes.failure
        }
    }

    /// The option that sets a field, with the field's path; the path alone when no option does.
    private static func option(for path: String, of command: any ClientCommand) -> String {
        let parts = path.split(separator: ".", maxSplits: 1)
        guard parts.first == "spec", parts.count == 2 else { return path }
        let attribute = String(parts[1].prefix { $0 != "[" && $0 != "." })
        let type = type(of: command)
        let name = type.optionNames[attribute] ?? attribute
        let options = OptionTable(of: type).options
        return options.contains { $0.name == name } ? "--\(name) (\(path))" : path
    }

    private static func advice(
        for error: VC3Error, of command: any ClientCommand, _ connection: ClientConnection
    ) -> String? {
        let mayBeDone =
            type(of: command).effect == .read
            ? "" : "; the change may have been made all the same, so look before you repeat it"
        switch error.code {
        case .exists:
            return command.target.map { "choose another name, or look at it with \(listing($0))" }
        case .notFound:
            return command.target.map { "see which there are with vc3-client \($0.kind.rawValue)-list" }
        case .conflict:
            return "somebody else keeps changing it; try again in a moment"
        case .forbidden:
            return "ask its owner, or a VC3 admin, to do it or to allow it"
        case .unauthenticated:
            return "check certfile, keyfile and chainfile there; a VC3 admin issues new certificates"
        case .unavailable:
            return "check that the address is right and that the service runs, then try again" + mayBeDone
        case .inUse:
            return "delete what refers to it first, or all of it at once with --cascade"
        case .internal:
            return "tell a VC3 admin; the log of the infoservice has more"
        default:
            return nil
        }
    }

    private static func listing(_ key: EntityKey) -> String {
        let option =
            switch key.kind {
            case .user: "username"
            case .resource: "resource"
            default: key.kind.rawValue + "name"
            }
        return "vc3-client \(key.kind.rawValue)-list --\(option) \(key.name)"
    }
}
