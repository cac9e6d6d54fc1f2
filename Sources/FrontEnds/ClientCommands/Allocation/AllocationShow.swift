import ArgumentParser
import Foundation
import InfoserviceAPI
import VC3Model

struct AllocationShow: ClientCommand {
    static let effect = CommandEffect.read
    static let additions: Set<String> = []
    static let configuration = usage(
        "allocation-show",
        "Show all about an account at a site: its key, the host keys that are accepted, what is wrong.",
        example: "vc3-client allocation-show ana.midway")

    @Argument(help: "Allocation name.")
    var allocationname: String

    var target: EntityKey? { EntityKey(.allocation, allocationname) }

    func perform(in session: ClientSession) async throws {
        let allocation = try await session.infoservice.entity(Allocation.self, allocationname)
        let lines = Self.lines(allocation, at: session.now)
        let width = lines.map(\.label.count).max() ?? 0
        for (label, text) in lines {
            session.console.write(label.padding(toLength: width + 2, withPad: " ", startingAt: 0) + text)
        }
    }

    static func lines(_ allocation: Entity<Allocation>, at now: Timestamp) -> [(label: String, text: String)] {
        let status = allocation.status
        var lines = [
            ("allocation", "\(allocation.name), of \(allocation.metadata.owner)"),
            ("state", allocation.isDeleting ? "deleting" : status.state),
            ("account", "\(allocation.spec.accountname) at \(allocation.spec.resource)"),
            ("key", status.pubtoken_fingerprint ?? "none"),
        ]
        if let line = text(status.pubtoken) { lines.append(("public key", line)) }
        if let rotation = status.rotation {
            lines.append(("next key", "\(rotation.newkey) (\(rotation.step.rawValue))"))
        }
        let source = allocation.spec.hostkey == nil ? "" : ", vouched for by the owner"
        for host in status.hostkey_fingerprints { lines.append(("host key", host + source)) }
        for condition in status.conditions {
            let text = condition.status == .yes ? condition.message : ConditionText.line(condition, at: now)
            lines.append((condition.status == .yes ? condition.type : "problem", text))
        }
        return lines
    }

    private static func text(_ base64: String?) -> String? {
        base64.flatMap { Data(base64Encoded: $0) }.flatMap { String(bytes: $0, encoding: .utf8) }
    }
}
