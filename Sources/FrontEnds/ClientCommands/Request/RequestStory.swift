import VC3Model

/// What is to be said about one request: the request itself, its head node, its worker sets.
struct RequestStory: Sendable {
    let request: Entity<Request>
    let headNode: Entity<Nodeset>?
    let workerSets: [Entity<PilotSet>]

    static let kinds: Set<EntityKind> = [.request, .nodeset, .pilotset]

    /// - Returns: `nil` when there is no such request.
    init?(_ name: String, in entities: FollowedEntities) throws {
        guard let request = try entities.entity(Request.self, name) else { return nil }
        self.request = request
        headNode = try request.status.headnode.flatMap { try entities.entity(Nodeset.self, $0) }
        workerSets = try entities.entities(PilotSet.self).filter { $0.spec.request == name }
    }

    var joined: Int { request.status.workers_joined }
    var haveAllJoined: Bool { request.status.conditions.isTrue(RequestLifeCycle.workersJoined) }
    var wanted: Int { workerSets.reduce(0) { $0 + $1.spec.wanted } }

    /// Whether it will never run again.
    var isEnding: Bool {
        if request.isDeleting { return true }
        return switch RequestState(rawValue: request.status.state) {
        case .failure, .terminating, .cleanup, .terminated: true
        case .new, .initializing, .pending, .running, nil: false
        }
    }

    /// The state, and why, in one line.
    static func headline(_ request: Entity<Request>) -> String {
        let status = request.status
        let state = request.isDeleting ? "deleting (\(status.state))" : status.state
        let reason = status.state_reason ?? ConditionText.mostUrgent(status.conditions)?.message
        guard let reason, reason != status.state else { return state }
        return "\(state): \(reason)"
    }

    static func counts(_ status: PilotSet.Status) -> String {
        let counts = [
            (status.submitting, "being submitted"), (status.pending, "pending"), (status.running, "running"),
            (status.retiring, "ending"),
        ]
        let shown = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return shown.isEmpty ? "none yet" : shown.joined(separator: ", ")
    }
}
