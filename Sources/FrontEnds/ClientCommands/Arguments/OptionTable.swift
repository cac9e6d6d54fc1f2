import ArgumentParser
import Foundation

/// The long options of one command, and the rule by which they may be abbreviated.
///
/// An option may be cut to any prefix that no other option of the command shares, and `-` and `_` inside it are the
/// same. ArgumentParser knows neither, so arguments are spelled out before it sees them.
struct OptionTable: Sendable {
    struct LongOption: Sendable, Equatable {
        let name: String
        let takesValue: Bool
        /// Not one of the original's: gives way when a prefix fits one of those.
        let isAddition: Bool
    }

    /// A prefix that fits several options.
    struct Ambiguity: Error, Equatable {
        let written: String
        let candidates: [String]
    }

    let options: [LongOption]
    private let shortsWithValue: Set<Character>

    init(of arguments: any ParsableArguments.Type, additions: Set<String> = []) {
        let declared = Declarations.of(arguments).filter { $0.kind != "positional" }
        options = declared.flatMap { argument in
            (argument.names ?? []).filter { $0.kind != "short" }.map {
                LongOption(
                    name: $0.name, takesValue: argument.kind == "option", isAddition: additions.contains($0.name))
            }
        }
        shortsWithValue = Set(
            declared.filter { $0.kind == "option" }.flatMap { $0.names ?? [] }.filter { $0.kind == "short" }
                .compactMap(\.name.first))
    }

    /// The option that `written`, without its dashes, stands for; `nil` when there is none.
    func option(written: String) throws(Ambiguity) -> LongOption? {
        let written = Self.folded(written)
        if let exact = options.first(where: { Self.folded($0.name) == written }) { return exact }
        let matches = options.filter { Self.folded($0.name).hasPrefix(written) }
        let original = matches.filter { !$0.isAddition }
        let candidates = original.isEmpty ? matches : original
        guard candidates.count <= 1 else {
            throw Ambiguity(written: "--" + written, candidates: candidates.map { "--" + $0.name }.sorted())
        }
        return candidates.first
    }

    /// The arguments with every long option spelled out. Unknown options stay, for the parser to complain about.
    func expanded(_ arguments: some Sequence<String>) throws(Ambiguity) -> [String] {
        var result: [String] = []
        var isValue = false
        var isOver = false
        for argument in arguments {
            if isValue || isOver {
                isValue = false
                result.append(argument)
            } else if argument == "--" {
                isOver = true
                result.append(argument)
            } else if argument.hasPrefix("--") {
                let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let option = try option(written: String(parts[0])) else {
                    result.append(argument)
                    continue
                }
                isValue = option.takesValue && parts.count == 1
                result.append("--" + option.name + (parts.count == 2 ? "=" + parts[1] : ""))
            } else {
                isValue = takesNext(short: argument)
                result.append(argument)
            }
        }
        return result
    }

    /// How many of `arguments` come before the first one that is neither an option nor an option's value.
    func countOfLeadingOptions(in arguments: [String]) throws(Ambiguity) -> Int {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            guard argument.hasPrefix("-"), argument != "-" else { break }
            var hasValue = takesNext(short: argument)
            if argument.hasPrefix("--"), !argument.contains("=") {
                hasValue = try option(written: String(argument.dropFirst(2)))?.takesValue ?? false
            }
            index += hasValue ? 2 : 1
        }
        return min(index, arguments.count)
    }

    /// Whether the argument is like `-c` or `-dc`, so that the next one is its value.
    private func takesNext(short argument: String) -> Bool {
        guard argument.hasPrefix("-"), !argument.hasPrefix("--"), let last = argument.last else { return false }
        let others = argument.dropFirst().dropLast()
        return shortsWithValue.contains(last) && !others.contains(where: shortsWithValue.contains)
    }

    private static func folded(_ name: String) -> String { name.replacing("_", with: "-") }
}

/// What ArgumentParser tells about the arguments of a command, as far as it is needed here.
private struct Declarations: Decodable {
    struct Command: Decodable { let arguments: [Argument]? }
    struct Argument: Decodable {
        let kind: String
        let names: [Name]?
    }
    struct Name: Decodable {
        let kind: String
        let name: String
    }
    let command: Command

    /// Empty when ArgumentParser's description can no longer be read; then options must be spelled out in full.
    static func of(_ arguments: any ParsableArguments.Type) -> [Argument] {
        let description = Data(arguments._dumpHelp().utf8)
        return (try? JSONDecoder().decode(Declarations.self, from: description))?.command.arguments ?? []
    }
}
