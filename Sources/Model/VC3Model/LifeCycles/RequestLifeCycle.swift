/// The states of a request, in the original's words.
public enum RequestState: String, Sendable, CaseIterable {
    /// Not valid yet; goes on by itself once it is.
    case new
    /// Its head node is being made.
    case initializing
    /// The head node waits for the first worker.
    case pending
    /// Workers have joined.
    case running
    /// Its pilots are being ended.
    case terminating
    /// Its head node is being removed.
    case cleanup
    /// Nothing of it is left but its record.
    case terminated
    /// Something failed for good; ending the request releases what it holds.
    case failure
}

/// The pure rules of a request's life: which conditions there are and which state they make.
public enum RequestLifeCycle {
    public static let valid = "Valid"
    public static let headNodeReady = "HeadNodeReady"
    /// The first worker has joined; stays true.
    public static let running = "Running"
    /// As many workers as asked for have joined.
    public static let workersJoined = "WorkersJoined"
    /// Entities that a running request refers to have gone or do not fit; what runs stays as it is.
    public static let referencesResolved = "ReferencesResolved"
    /// The request is being ended; stays true to the end.
    public static let terminating = "Terminating"
    public static let pilotsGone = "PilotsGone"
    public static let headNodeGone = "HeadNodeGone"

    /// The reason of a condition ``headNodeReady`` that will never become true.
    public static let finalReason = "Failed"

    public static func state(of conditions: [Condition]) -> RequestState {
        if conditions.isTrue(terminating) {
            if !conditions.isTrue(pilotsGone) { return .terminating }
            return conditions.isTrue(headNodeGone) ? .terminated : .cleanup
        }
        guard conditions.isTrue(valid) else { return .new }
        guard let headNode = conditions[headNodeReady] else { return .initializing }
        if headNode.status == .no, headNode.reason == finalReason { return .failure }
        if conditions.isTrue(running) { return .running }
        return headNode.status == .yes ? .pending : .initializing
    }

    /// Why a request must end, if it must.
    public enum End: Sendable, Equatable {
        case deleted, terminated
        case expired(Timestamp)

        /// The condition's reason.
        public var word: String {
            switch self {
            case .deleted: "Deleted"
            case .terminated: "Terminated"
            case .expired: "Expired"
            }
        }

        /// The condition's message.
        public var sentence: String {
            switch self {
            case .deleted: "its deletion was asked for"
            case .terminated: "its owner ended it"
            case .expired(let moment): "it expired at \(moment)"
            }
        }
    }

    public static func end(of request: Entity<Request>, now: Timestamp) -> End? {
        if request.isDeleting { return .deleted }
        if request.spec.action == "terminate" { return .terminated }
        if let expiration = request.spec.expiration, expiration <= now { return .expired(expiration) }
        return nil
    }

    /// What the owner reads beside the state word.
    public static func reason(of conditions: [Condition]) -> String? {
        switch state(of: conditions) {
        case .new: conditions[valid]?.message
        case .initializing: conditions[headNodeReady]?.message ?? "the head node is being made"
        case .failure: conditions[headNodeReady]?.message
        case .pending, .running: progress(of: conditions)
        case .terminating: conditions[pilotsGone]?.message ?? conditions[terminating]?.message
        case .cleanup: conditions[headNodeGone]?.message ?? "the head node is being removed"
        case .terminated: conditions[terminating]?.message
        }
    }

    private static func progress(of conditions: [Condition]) -> String? {
        let obstacles = [headNodeReady, referencesResolved].compactMap { conditions[$0] }.filter { $0.status == .no }
        let parts = ([conditions[workersJoined]] + obstacles).compactMap { $0?.message }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The name of the head node's nodeset, and of the private token that holds its pool's signing key.
    public static func headNodeName(of request: String) -> String { headNodePrefix + request }

    /// The request of a head node, by the name of its nodeset; `nil` for every other nodeset.
    public static func request(ofHeadNode nodeset: String) -> String? {
        nodeset.hasPrefix(headNodePrefix) ? String(nodeset.dropFirst(headNodePrefix.count)) : nil
    }

    private static let headNodePrefix = "headnode-for-"

    public static func pilotSetName(request: String, nodeset: String, allocation: String) -> String {
        "\(request).\(nodeset).\(allocation)"
    }
}
