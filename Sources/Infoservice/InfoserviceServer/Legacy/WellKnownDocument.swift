import Foundation
import VC3Model

/// The document that the original's Master stored at its start, so that clients find the authorities' certificates.
enum WellKnownDocument {
    static let key = "infoservice"

    static func members(_ authorities: String) -> [String: JSONValue] {
        [key: ["ca-chain": .string(Data(authorities.utf8).base64EncodedString()), "encoding": "base64"]]
    }
}
