import ArgumentParser
import InfoserviceAPI
import VC3Model

struct AllocationValidate: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "allocation-validate", "Ask VC3 to try a login to the site, once its key is installed there.",
        example: "vc3-client allocation-validate --allocationname ana.midway --wait")
    static let additions: Set<String> = ["hostkey", "wait", "timeout"]

    @Option(name: .customLong("allocationname"), help: "Allocation name.")
    var name: String
    @Option(help: "Host key line that you vouch for from now on; only for a site whose operator says so.")
    var hostkey: String?
    @Flag(help: "Wait for the outcome; exit 1 when the login fails.")
    var wait = false
    @Option(help: "How long to wait at most, e.g. 90s, 10m.")
    var timeout = TimeSpan(.seconds(600))

    var target: EntityKey? { EntityKey(.allocation, name) }

    func perform(in session: ClientSession) async throws {
        if let hostkey {
            _ = try await session.edit(.allocation, name, attribute: "hostkey") { _ in .string(hostkey) }
        }
        let record = try await session.edit(.allocation, name, attribute: "validate") { value in
            .integer((value?.intValue ?? 0) + 1)
        }
        guard wait else { return }
        let wanted = record.spec["validate"]?.intValue ?? 0
        try await Following(kinds: [.allocation], session: session, timeout: timeout.duration)
            .until("validation of allocation \(name)") { try Self.decide(name, wanted: wanted, seeing: $0) }
    }

    /// Whether the validation numbered `wanted` is over; throws when it failed for good.
    static func decide(_ name: String, wanted: Int, seeing entities: FollowedEntities) throws -> FollowingDecision {
        guard let allocation = try entities.entity(Allocation.self, name) else {
            throw ClientFailure(message: "allocation \(name) was deleted meanwhile")
        }
        let status = allocation.status
        let reason = status.state_reason ?? "in progress"
        let condition = status.conditions[AllocationLifeCycle.validated]
        // A site that gave no answer is asked again by itself; any other failure stays until somebody acts.
        if let condition, condition.retryAt != nil { return .pending(condition.message) }
        guard status.validate_observed >= wanted else { return .pending("waiting for the login") }
        switch AllocationState(rawValue: status.state) {
        case .ready:
            return .met
        case .validationFailure:
            throw ClientFailure(
                message: "allocation \(name) could not be validated: \(condition?.message ?? reason)",
                advice: condition.flatMap { ConditionText.advice($0, at: entities.moment) })
        case .new, .configured, nil:
            return .pending("\(status.state): \(reason)")
        }
    }
}
