import ArgumentParser
import Foundation
import InfoserviceAPI
import VC3Model

struct AllocationGetPubToken: ClientCommand {
    static let effect = CommandEffect.read
    static let configuration = usage(
        "allocation-getpubtoken",
        "Print the public key line to append to ~/.ssh/authorized_keys at the site; None while there is none.",
        example: "vc3-client allocation-getpubtoken --allocationname ana.midway")

    @Option(name: .customLong("allocationname"), help: "Allocation name.")
    var name: String

    var target: EntityKey? { EntityKey(.allocation, name) }

    func perform(in session: ClientSession) async throws {
        let record = try await session.infoservice.record(.allocation, name)
        guard let encoded = record.status["pubtoken"]?.stringValue else { return session.console.write("None") }
        guard let data = Data(base64Encoded: encoded), let line = String(bytes: data, encoding: .utf8) else {
            throw ClientFailure(
                message: "the public key of allocation \(name) is not base64 of text",
                advice: "tell a VC3 admin; the master writes it")
        }
        session.console.write(line.trimmingBlanks())
    }
}
