/// Every state that a batch system's manual lists, and what it means to us: one value for adapters, tests and documentation.
public struct NativeStateTable: Sendable {
    public enum Outcome: Sendable, Hashable {
        case state(JobState)
        /// It ended: done with exit code 0, failed with another, vanished when the batch system tells none.
        case byExitCode
    }

    public struct Row: Sendable, Hashable {
        /// The batch system's own word.
        public let word: String
        public let outcome: Outcome
        /// What the manual says.
        public let meaning: String

        /// Whether a job that is in this state is over.
        public var hasEnded: Bool {
            switch outcome {
            case .byExitCode: true
            case .state(let state): state.isFinal
            }
        }

        init(_ word: String, _ state: JobState, _ meaning: String) {
            self.init(word, .state(state), meaning)
        }

        init(_ word: String, _ outcome: Outcome, _ meaning: String) {
            self.word = word
            self.outcome = outcome
            self.meaning = meaning
        }
    }

    /// Where the states are listed.
    public let manual: String
    public let rows: [Row]
    /// How a state with several words (letters) is read; `nil` when a state is one word.
    public let reading: String?
    /// Whether a state is one or more of the words, which are letters.
    public let isOfLetters: Bool

    private let outcomes: [String: Outcome]

    public init(manual: String, reading: String? = nil, ofLetters isOfLetters: Bool = false, _ rows: [Row]) {
        self.manual = manual
        self.isOfLetters = isOfLetters
        self.reading = reading
        self.rows = rows
        outcomes = Dictionary(rows.map { ($0.word, $0.outcome) }) { first, _ in first }
    }

    /// Whether the manual knows a state of that name.
    public func knows(_ state: String) -> Bool {
        if isOfLetters { return !state.isEmpty && state.allSatisfy { outcomes[String($0)] != nil } }
        return outcomes[state] != nil
    }

    /// What a word means; ``JobState/unknown`` when the manual does not list it.
    func state(of word: String, exitCode: Int32? = nil) -> JobState {
        switch outcomes[word] {
        case .state(let state): state
        case .byExitCode: exitCode.map { $0 == 0 ? .done : .failed } ?? .vanished
        case nil: .unknown
        }
    }
}
