/// What went wrong, in a form that a peer, a log query and a person can each use.
///
/// Branch on ``code``; show ``message``; log ``cause``. Only code, message and problems cross the wire.
public struct VC3Error: Error, Sendable, CustomStringConvertible {
    /// Stable across releases. An open set: a code minted by a newer peer survives a round trip.
    public struct Code: RawRepresentable, Hashable, Codable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Nothing of that kind has that name.
        public static let notFound = Code(rawValue: "not-found")
        /// The name is taken.
        public static let exists = Code(rawValue: "exists")
        /// The caller's revision is behind the stored one. Reread, decide again, retry.
        public static let conflict = Code(rawValue: "conflict")
        /// The value breaks the schema or refers to what does not exist; `problems` names every field.
        public static let invalid = Code(rawValue: "invalid")
        /// The caller's certificate does not allow this; the message names the rule.
        public static let forbidden = Code(rawValue: "forbidden")
        /// No usable certificate was presented.
        public static let unauthenticated = Code(rawValue: "unauthenticated")
        /// The watch fell behind retained history. List again, then watch from that revision.
        public static let compacted = Code(rawValue: "compacted")
        /// Still referred to by others; the message lists them.
        public static let inUse = Code(rawValue: "in-use")
        /// Not now. Retry later with backoff; nothing about the request itself is wrong.
        public static let unavailable = Code(rawValue: "unavailable")
        /// A defect or a broken store; the message says where to look.
        public static let `internal` = Code(rawValue: "internal")
    }

    /// One field that is wrong, by its path from the top of the entity, e.g. `spec.node_number`.
    public struct Problem: Sendable, Hashable, Codable {
        public let field: String
        public let problem: String
        public init(field: String, problem: String) {
            self.field = field
            self.problem = problem
        }
    }

    public let code: Code
    public let message: String
    public let problems: [Problem]
    public let cause: (any Error)?

    public init(_ code: Code, _ message: String, problems: [Problem] = [], cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.problems = problems
        self.cause = cause
    }

    public var description: String {
        problems.isEmpty
            ? message : message + ": " + problems.map { "\($0.field): \($0.problem)" }.joined(separator: "; ")
    }
}
