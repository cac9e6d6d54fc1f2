import ArgumentParser
import InfoserviceAPI
import VC3Model

struct RequestWait: ClientCommand {
    /// What one can wait for.
    enum Goal: String, ExpressibleByArgument, CaseIterable, Sendable {
        /// The head node is up and workers are coming.
        case running
        /// Every worker that was asked for has joined.
        case joined
        /// Nothing of it is left.
        case terminated
    }

    static let effect = CommandEffect.read
    static let configuration = usage(
        "request-wait", "Wait until a virtual cluster runs, all its workers have joined, or it is gone.",
        example: "vc3-client request-wait --requestname ana-run1 --for joined --timeout 20m")

    @Option(name: .customLong("requestname"), help: "Request name.")
    var name: String
    @Option(name: .customLong("for"), help: "running, joined or terminated.")
    var goal: Goal
    @Option(help: "How long to wait at most, e.g. 90s, 10m, 2h.")
    var timeout = TimeSpan(.seconds(1800))

    var target: EntityKey? { EntityKey(.request, name) }

    func perform(in session: ClientSession) async throws {
        // A request that never was is an error; one that goes away while it is followed has ended.
        _ = try await session.infoservice.record(.request, name)
        try await Following(kinds: RequestStory.kinds, session: session, timeout: timeout.duration)
            .until("request \(name) to be \(goal.rawValue)") { [name, goal] entities in
                guard let story = try RequestStory(name, in: entities) else {
                    if goal == .terminated { return .met }
                    throw ClientFailure(message: "request \(name) was deleted meanwhile")
                }
                return try Self.decide(goal, story, at: entities.moment)
            }
    }

    static func decide(_ goal: Goal, _ story: RequestStory, at now: Timestamp) throws -> FollowingDecision {
        let request = story.request
        let state = RequestState(rawValue: request.status.state)
        let progress = FollowingDecision.pending(RequestStory.headline(request))
        switch goal {
        case .terminated:
            return state == .terminated ? .met : progress
        case .running, .joined:
            if story.isEnding {
                let problem = ConditionText.mostUrgent(request.status.conditions)
                throw ClientFailure(
                    message: "request \(request.name) is \(RequestStory.headline(request))",
                    advice: problem.flatMap { ConditionText.advice($0, at: now) }
                        ?? "see vc3-client request-explain --requestname \(request.name)")
            }
            return state == .running && (goal == .running || story.haveAllJoined) ? .met : progress
        }
    }
}
