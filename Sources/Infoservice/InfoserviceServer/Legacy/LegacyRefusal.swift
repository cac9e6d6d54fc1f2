import VC3Model

/// An answer of `/info` that is not what was asked for.
struct LegacyRefusal: Error, Sendable, Equatable {
    var status: Int
    var text: String
    /// Whether it is shown as a page, as the original's framework did, or as plain text, as its handlers did.
    var isPage: Bool
    /// For clients that can tell more than the original's: the code of `/v1`.
    var code: VC3Error.Code?

    static func page(_ status: Int, _ text: String) -> LegacyRefusal {
        LegacyRefusal(status: status, text: text, isPage: true)
    }

    static func text(_ status: Int, _ text: String) -> LegacyRefusal {
        LegacyRefusal(status: status, text: text, isPage: false)
    }

    /// The original's answer to a conflict about an entity. Its clients take every other status of a write for success.
    static func entity(_ text: String, _ code: VC3Error.Code) -> LegacyRefusal {
        LegacyRefusal(status: 405, text: text, isPage: false, code: code)
    }

    /// What the original's clients are told about a failure.
    ///
    /// Whatever is refused is refused with 405, the one status that they look at. Only a service that cannot answer
    /// at all says so with 5xx, for whoever watches it.
    init(_ error: VC3Error) {
        let described = error.withAttributeNames
        switch error.code {
        case .unavailable: self = .page(503, described)
        case .internal: self = .page(500, "The Infoservice failed; its log says why")
        default: self = .entity(described, error.code)
        }
        code = error.code
    }

    private init(status: Int, text: String, isPage: Bool, code: VC3Error.Code? = nil) {
        self.status = status
        self.text = text
        self.isPage = isPage
        self.code = code
    }
}

extension VC3Error {
    /// The error in the words of the flat form, which knows no parts.
    fileprivate var withAttributeNames: String {
        let flat = problems.map { problem in
            var field = Substring(problem.field)
            for part in ["spec.", "status."] where field.hasPrefix(part) { field = field.dropFirst(part.count) }
            return Problem(field: String(field), problem: problem.problem)
        }
        return VC3Error(code, message, problems: flat).description
    }
}
