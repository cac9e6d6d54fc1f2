import BatchSystems

/// What is known about why a pilot ended.
struct PilotExit: Codable, Sendable, Equatable {
    /// One word: the pilot's own (`vc3-glidein --help` lists them), else the batch system's state.
    var word: String
    /// A sentence: the pilot's own, else the batch system's reason.
    var message: String?
    var code: Int32?
    var signal: Int32?

    init(word: String, message: String? = nil, code: Int32? = nil) {
        self.word = word
        self.message = message
        self.code = code
        // As a shell says it: 128 + the number of the signal.
        signal = code.flatMap { (129...192).contains($0) ? $0 - 128 : nil }
    }

    init(_ refusal: SubmissionRefusal) { self.init(word: refusal.reason.rawValue, message: refusal.message) }

    /// The pilot knows best; the batch system's words are for those that could not tell.
    init?(job: JobReport?, own: PilotReport?) {
        if let own, own.hasEnded {
            self.init(word: own.reason ?? "ended", message: own.message, code: own.exitCode)
        } else if let job, job.state.isFinal {
            self.init(word: job.nativeState, message: job.reason, code: job.exitCode)
        } else {
            return nil
        }
    }

    /// For people: what is known, in a few words.
    var text: String { message ?? code.map { "exit code \($0)" } ?? word }
}
