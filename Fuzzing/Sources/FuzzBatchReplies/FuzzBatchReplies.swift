import BatchSystems
import VC3Commands
import VC3Model

/// What batch systems answer, and directives that people want passed on to them. The first byte says which and what:
/// `a`… a list of jobs, `A`… the answer to a submission, `0`… an answer about forgotten jobs, `!`… a directive.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let first = bytes.first else { return 0 }
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    func flavor(from letter: Character) -> BatchSystemFlavor? {
        let index = Int(first) - Int(letter.asciiValue ?? 0)
        return BatchSystemFlavor.allCases.indices.contains(index) ? BatchSystemFlavor.allCases[index] : nil
    }
    let answer = CommandResult(status: .exited(0), output: text)
    if let flavor = flavor(from: "a") {
        list(answer, flavor.adapter())
    } else if let flavor = flavor(from: "A") {
        let id = try? flavor.adapter().jobID(fromSubmission: text)
        precondition(id.map { !$0.rawValue.isEmpty && !$0.rawValue.contains(where: \.isWhitespace) } ?? true)
    } else if let flavor = flavor(from: "0") {
        let reports = (try? flavor.adapter().books?.reports(from: answer)) ?? []
        precondition(reports.allSatisfy { $0.state.isFinal || $0.state == .vanished })
    } else if let flavor = flavor(from: "!") {
        directive(text, BatchRules.of(flavor))
    }
    return 0
}

/// Nobody else's job is among the jobs, and a list that is cut short is none.
private func list(_ answer: CommandResult, _ system: any BatchSystem) {
    guard let reports = try? system.reports(from: answer, tagPrefix: "vc3t-") else { return }
    precondition(reports.allSatisfy { $0.tag.hasPrefix("vc3t-") })
    var lines = answer.output.split(separator: "\n", omittingEmptySubsequences: true)
    lines.removeLast()
    let short = CommandResult(status: .exited(0), output: lines.joined(separator: "\n"))
    precondition(lines.last == "vc3-reply-is-whole" || (try? system.reports(from: short, tagPrefix: "vc3t-")) == nil)
}

/// What is passed on is one line, and neither the tag nor the script.
private func directive(_ text: String, _ rules: BatchRules) {
    guard rules.problems(with: BatchOptions(submitargs: [text])).isEmpty else { return }
    precondition(text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.hasSuffix("\\"))
    if case .options(_, _, let own) = rules.directives {
        let directive = BatchDirective(text)
        precondition(!own.contains(directive.name) && directive.words[0].hasPrefix("-"))
        precondition(directive.words.count == 1 || directive.words.count == 2)
    }
}
