import ArgumentParser
import InfoserviceAPI
import VC3Model

struct AllocationRotateKey: ClientCommand {
    static let effect = CommandEffect.update
    static let configuration = usage(
        "allocation-rotate-key",
        "Replace the SSH key of an account at a site: the new one is installed and tried before the old one goes.",
        example: """
            vc3-client allocation-rotate-key ana.midway --wait
            vc3-client allocation-rotate-key ana.midway --keytype rsa
            """)
    static let additions: Set<String> = ["keytype", "wait", "timeout"]

    @Argument(help: "Allocation name.")
    var allocationname: String
    @Option(help: "Kind of key from now on: ed25519, ecdsa or rsa (4096 bits); unset: as before.")
    var keytype: String?
    @Flag(help: "Wait until the old key is gone; meanwhile say what is in the way.")
    var wait = false
    @Option(help: "How long to wait at most, e.g. 90s, 10m.")
    var timeout = TimeSpan(.seconds(1200))

    var target: EntityKey? { EntityKey(.allocation, allocationname) }

    func perform(in session: ClientSession) async throws {
        if let keytype {
            _ = try await session.edit(.allocation, allocationname, attribute: "keytype") { _ in .string(keytype) }
        }
        let record = try await session.edit(.allocation, allocationname, attribute: "rotate") { value in
            .integer((value?.intValue ?? 0) + 1)
        }
        guard wait else { return }
        let wanted = record.spec["rotate"]?.intValue ?? 0
        try await Following(kinds: [.allocation], session: session, timeout: timeout.duration)
            .until("the new key of allocation \(allocationname)") {
                try Self.decide(allocationname, wanted: wanted, seeing: $0)
            }
        let allocation = try await session.infoservice.entity(Allocation.self, allocationname)
        let condition = allocation.status.conditions[AllocationLifeCycle.keyRotated]
        session.console.write(condition?.message ?? "")
    }

    /// Whether the rotation numbered `wanted` is over. It never fails: what is in the way is tried again.
    static func decide(_ name: String, wanted: Int, seeing entities: FollowedEntities) throws -> FollowingDecision {
        guard let allocation = try entities.entity(Allocation.self, name) else {
            throw ClientFailure(message: "allocation \(name) was deleted meanwhile")
        }
        if allocation.status.rotate_observed >= wanted { return .met }
        guard let condition = allocation.status.conditions[AllocationLifeCycle.keyRotated], condition.status != .yes
        else {
            return .pending("waiting for the master")
        }
        let advice = ConditionText.advice(condition, at: entities.moment).map { "; \($0)" } ?? ""
        return .pending(condition.message + advice)
    }
}
