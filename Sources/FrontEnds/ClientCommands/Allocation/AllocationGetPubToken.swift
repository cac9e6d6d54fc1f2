import ArgumentParser
import Foundation
import InfoserviceAPI
import VC3Model

struct AllocationGetPubToken: ClientCommand {
    static let effect = CommandEffect.read
    static let configuration = usage(
        "allocation-getpubtoken",
        "Print the public key line to append to ~/.ssh/authorized_keys at the site; None while there is none.",
        example: "vc3-client allocation-getpubtoken --allocationname ana.midway --wait")
    static let additions: Set<String> = ["wait", "timeout"]

    @Option(name: .customLong("allocationname"), help: "Allocation name.")
    var name: String
    @Flag(help: "Wait until there is one.")
    var wait = false
    @Option(help: "How long to wait at most, e.g. 90s, 10m.")
    var timeout = TimeSpan(.seconds(300))

    var target: EntityKey? { EntityKey(.allocation, name) }

    func perform(in session: ClientSession) async throws {
        if wait { try await waitForKey(in: session) }
        let record = try await session.infoservice.record(.allocation, name)
        guard let encoded = record.status["pubtoken"]?.stringValue else { return session.console.write("None") }
        guard let data = Data(base64Encoded: encoded), let line = String(bytes: data, encoding: .utf8) else {
            throw ClientFailure(
                message: "the public key of allocation \(name) is not base64 of text",
                advice: "tell a VC3 admin; the master writes it")
        }
        session.console.write(line.trimmingBlanks())
    }

    private func waitForKey(in session: ClientSession) async throws {
        // A name that never was is an error at once.
        _ = try await session.infoservice.record(.allocation, name)
        try await Following(kinds: [.allocation], session: session, timeout: timeout.duration)
            .until("the key of allocation \(name)") { [name] entities in
                guard let allocation = try entities.entity(Allocation.self, name) else {
                    throw ClientFailure(message: "allocation \(name) was deleted meanwhile")
                }
                if allocation.status.pubtoken != nil { return .met }
                // Logging in at some sites takes no key.
                if allocation.status.conditions.isTrue(AllocationLifeCycle.keyMade) { return .met }
                return .pending(allocation.status.state_reason ?? "its key pair is being made")
            }
    }
}
