import ArgumentParser
import VC3Model

/// Words separated by commas, in order, each once; blanks around them do not count.
struct CommaList: ExpressibleByArgument, Sendable, Equatable {
    var items: [String]

    init(argument: String) {
        var seen: Set<String> = []
        items = argument.split(separator: ",").map { $0.trimmingBlanks() }
            .filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    var json: JSONValue { .array(items.map { .string($0) }) }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
