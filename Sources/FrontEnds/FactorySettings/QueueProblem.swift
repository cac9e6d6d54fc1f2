import VC3Configuration

/// Why a section cannot be run.
struct QueueProblem: Error, Equatable {
    /// The key that has to be another; `nil`: no single one.
    let key: String?
    /// What is wrong with its value, and what it may be.
    let text: String

    init(_ key: String?, _ text: String) {
        self.key = key
        self.text = text
    }

    func diagnostic(of queue: String, in document: INIDocument) -> ConfigurationDiagnostic {
        .error("[\(queue)] \(key ?? "as a whole") \(text)", at: document.origin(of: key, in: queue))
    }
}

extension INIDocument {
    /// Where a key was written, for the section or for all; where the section begins when it was not.
    func origin(of key: String?, in section: String) -> INIOrigin? {
        let own = self[section: section]
        return key.flatMap { (own?[$0] ?? defaults[$0])?.origin } ?? own?.origin
    }
}
