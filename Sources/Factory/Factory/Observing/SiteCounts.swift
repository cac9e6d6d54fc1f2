/// What has happened at a site since this process began. It only grows.
public struct SiteCounts: Sendable, Equatable {
    public var commands = 0
    public var looks = 0
    /// Pilots that the site took.
    public var submissions = 0
    /// Pilots that ended otherwise than they should, or were never taken, by cause.
    public private(set) var failures: [String: Int] = [:]
    /// Times that the site could not be worked with, by reason.
    public private(set) var troubles: [String: Int] = [:]

    /// The most causes that are told apart: some come from the far end, which could make up any number.
    static let mostCauses = 40

    public init() {}

    /// Counts what a pilot's new record tells, compared with the one before.
    mutating func note(_ record: PilotRecord, after old: PilotRecord?) {
        if record.submittedAt != nil, old?.submittedAt == nil, record.wasAdopted != true { submissions += 1 }
        guard record.hasEnded, old?.hasEnded != true else { return }
        switch record.end {
        case .failed, .vanished: add(record.exit?.word ?? "unknown", to: &failures)
        case .neverSubmitted: if let exit = record.exit { add(exit.word, to: &failures) }
        case .done, .expired, .cancelled, nil: break
        }
    }

    mutating func note(_ failure: SiteFailure) { add(failure.reason, to: &troubles) }

    private func add(_ word: String, to counts: inout [String: Int]) {
        let isPlain = word.count <= 40 && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        let isKnown = counts[word] != nil || counts.count < Self.mostCauses
        counts[isPlain && isKnown && !word.isEmpty ? word : "other", default: 0] += 1
    }
}
