import Foundation
import HTCondorPool
import InfoserviceAPI
import VC3Model

/// Signs tokens with the head node's key, which it reads from the Infoservice each time and keeps nowhere.
struct HeadNodeTokens: PilotTokenSource {
    let infoservice: any EntityReader
    let clock: WallClock
    let life: Duration

    func tokens(for pilots: [PilotID], of spec: PilotSet.Spec) async throws -> [(PilotID, String)] {
        guard let headnode = spec.headnode, let domain = TrustDomain(headnode.trustdomain) else {
            throw VC3Error(.invalid, "pilot set of request \(spec.request) names no valid trust domain")
        }
        let record = try await infoservice.record(.privatetoken, headnode.privatetoken)
        guard let bytes = record.secret, let key = PoolSigningKey(fileContents: bytes) else {
            throw VC3Error(.invalid, "privatetoken \(headnode.privatetoken) is not a pool signing key")
        }
        return try pilots.map { pilot in
            let token = try PilotToken.mint(
                key: key, trustDomain: domain, identity: domain.identity(ofPilot: pilot.rawValue),
                issuedAt: clock.now().date, lifetime: life, id: UUID().uuidString.lowercased())
            return (pilot, token.text)
        }
    }
}
