import Foundation
import InfoserviceAPI
import VC3Model

extension MasterStore {
    /// Makes a private token hold `secret`, in the name of its owner. The Master can write a token's data but not read
    /// it, so whoever calls remembers what was published last.
    func publish(_ secret: [UInt8], type: String, as name: String, owner: String) async throws {
        let spec: JSONValue = ["data": .string(Data(secret).base64EncodedString()), "type": .string(type)]
        do {
            _ = try await infoservice.create(EntityDraft(kind: .privatetoken, name: name, owner: owner, spec: spec))
        } catch let error as VC3Error where error.code == .exists {
            let record = try await infoservice.record(.privatetoken, name)
            guard record.spec["type"]?.stringValue == type else {
                throw VC3Error(
                    .exists, "the name \(name) is taken by a private token of another type; delete it or rename")
            }
            _ = try await infoservice.patchSpec(.privatetoken, name, with: spec, expecting: nil)
        }
    }
}
