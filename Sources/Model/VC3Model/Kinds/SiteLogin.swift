/// A login of a person to a site that asks for more than a key, and what has become of it; named as its allocation. Fields:
/// ``KindSchema``.
public enum SiteLogin: EntityType {
    public static let kind = EntityKind.sitelogin

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var open: Int
        public var end: Int
        public var answer: SealedReply?

        public init(open: Int = 0, end: Int = 0, answer: SealedReply? = nil) {
            self.open = open
            self.end = end
            self.answer = answer
        }
    }

    /// The answer to a question, which only the process that asked can open, and only while it waits.
    public struct SealedReply: Codable, Sendable, Hashable {
        public var question: Int
        public var sealed: String

        public init(question: Int, sealed: String) {
            self.question = question
            self.sealed = sealed
        }
    }

    /// What the site asks.
    public struct Question: Codable, Sendable, Hashable {
        public var number: Int
        public var text: String
        public var key: String

        public init(number: Int, text: String, key: String) {
            self.number = number
            self.text = text
            self.key = key
        }

        /// What an answer is bound to beside its key, so that it fits one question of one login.
        public static func context(login: String, attempt: Int, question: Int) -> String {
            "vc3 site-login \(login) \(attempt) \(question)"
        }
    }

    /// How far a login is.
    public enum State: String, CaseIterable, Sendable {
        case new, connecting, asking, open, closed
    }

    /// What was observed.
    public struct Status: Codable, Sendable, Equatable {
        public var state = State.new.rawValue
        public var state_reason: String?
        public var conditions: [Condition] = []
        public var observed_generation = 0
        public var open_observed = 0
        public var end_observed = 0
        public var question: Question?
        public var since: Timestamp?
        public var until: Timestamp?
        public var site: PilotSite?
        public var factory: String?

        public init() {}
    }
}
