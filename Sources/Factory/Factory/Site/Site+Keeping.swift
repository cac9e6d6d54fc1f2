import BatchSystems
import VC3Model

extension Site {
    /// Hands on what ended pilots had to say, before their files go. Twice after a crash in between.
    func keepOutputs(of over: [PilotID]) async {
        guard let keep = settings.keepOutputs else { return }
        let outputs = book.records(over).compactMap { output(of: $0) }
        if !outputs.isEmpty { await keep(outputs) }
    }

    private func output(of record: PilotRecord) -> EndedOutput? {
        guard let lines = record.lastLines, !lines.isEmpty, let end = record.end, let spec = sets[record.pilotSet]?.spec
        else { return nil }
        return EndedOutput(
            pilotSet: record.pilotSet,
            output: PilotOutput(
                pilot: record.id, queue: QueueSections.name(of: spec), owner: "",
                endedAt: record.endedAt ?? record.intendedAt,
                end: end.rawValue + (record.exit.map { ": \($0.word)" } ?? ""), job: record.job?.rawValue,
                host: record.host, lines: lines.map(PrintableText.cleaned)))
    }
}

/// An output, and the set of which somebody knows the owner.
struct EndedOutput: Sendable {
    var pilotSet: String
    var output: PilotOutput
}
